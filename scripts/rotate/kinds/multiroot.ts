import { parse } from 'yaml';
import { isRecord, valueAt } from '../../resources/value.ts';
import type { SourceTree } from '../../system/source-tree.ts';
import { UserError } from '../../system/user-error.ts';

const VALUES = 'argocd/platform/istiod/values.yaml';
const CHART = 'argocd/platform/istiod/Chart.yaml';
/** The first that takes a bundle by its certificates, not its bytes, and reloads a changed intermediate. */
const OLDEST = [1, 30] as const;

/**
 * istiod passes a second root on only where it is told to, and a proxy takes it only where its agent is: both are off by default, and both
 * must be on since before the proxies were started.
 * @see https://istio.io/latest/docs/reference/commands/pilot-discovery/ (ISTIO_MULTIROOT_MESH)
 * @throws UserError where the files say otherwise, or pin an Istio that cannot do it
 */
export function demandMultiroot(tree: SourceTree): void {
  const values = read(tree, VALUES);
  const isOn = (path: string[]) => String(valueAt(values, path)) === 'true';
  const missing = [
    ['istiod', 'env', 'ISTIO_MULTIROOT_MESH'],
    ['istiod', 'meshConfig', 'defaultConfig', 'proxyMetadata', 'PROXY_CONFIG_XDS_AGENT'],
  ].filter((path) => !isOn(path));
  if (missing.length > 0) {
    throw new UserError(`${VALUES} does not set ${missing.map((path) => path.join('.')).join(' and ')}`, {
      why: 'without it a second root never reaches the proxies, and the step after this one would cut them off',
      fix: 'set it to "true", merge that, and restart every proxy once, before the rotation begins',
    });
  }
  const dependencies = valueAt(read(tree, CHART), ['dependencies']);
  const [istiod] = Array.isArray(dependencies)
    ? dependencies.filter((one) => isRecord(one) && one['name'] === 'istiod')
    : [];
  const [major = 0, minor = 0] = String(istiod?.version ?? '')
    .split('.')
    .map(Number);
  if (major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])) return;
  throw new UserError(`${CHART} pins istiod ${istiod?.version ?? 'of no version'}`, {
    why: `before ${OLDEST.join('.')} istiod compared bundles by their bytes, and some versions did not reload an intermediate that changed`,
    fix: `upgrade Istio to ${OLDEST.join('.')} or later first`,
  });
}

function read(tree: SourceTree, path: string): unknown {
  return parse(tree.read(path) ?? '', { maxAliasCount: 0 });
}
