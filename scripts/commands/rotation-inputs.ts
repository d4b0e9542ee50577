import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { openGit } from '../git/git.ts';
import { liveInputs } from '../rotate/facts/live-secrets.ts';
import type { LiveInputs, StepInputs, Transition } from '../rotate/rotation.ts';
import { fingerprintKey } from '../secrets/fingerprint.ts';
import { readRootFile } from '../secrets/root-file.ts';
import { callerFolder } from '../system/caller-folder.ts';
import { readError } from '../system/file-error.ts';
import type { SourceTree } from '../system/source-tree.ts';
import { UserError } from '../system/user-error.ts';
import { type Connection, checkReachable, clusterNameOf, connect } from '../verify/connection.ts';

export interface InputOptions {
  context?: string[];
  kubeconfig?: string;
  meshRoot?: string;
  rootCertificate?: string;
  slow?: boolean;
  chain?: string;
  key?: string;
  rsa?: boolean;
  selfSigned?: boolean;
  values?: boolean;
  commit?: boolean;
}

/** What only the person who rotates has. Secret values come from standard input or from files of their own, never from arguments. */
export async function readInputs(options: InputOptions): Promise<StepInputs> {
  const { meshRoot, rootCertificate, slow, chain, key, rsa, selfSigned, values } = options;
  return {
    ...(meshRoot ? { meshRoot: await readRootFile(resolve(callerFolder(), meshRoot)) } : {}),
    ...(rootCertificate ? { newRootCertificate: readText(rootCertificate) } : {}),
    ...(slow ? { slow } : {}),
    ...(chain ? { chain: readText(chain) } : {}),
    ...(key ? { key: readText(key) } : {}),
    ...(rsa ? { rsa } : {}),
    ...(selfSigned ? { selfSigned } : {}),
    ...(values ? { values: parseValues(readFileSync(0, 'utf8')) } : {}),
  };
}

/**
 * What a step takes from the clusters that take it, and from this clone.
 * @throws UserError where the context of one of them is not given
 */
export async function readSurroundings(
  root: string,
  tree: SourceTree,
  { takesLive }: Transition,
  clusters: readonly string[],
  { context: contexts = [], kubeconfig, commit = false }: InputOptions,
): Promise<StepInputs> {
  const inputs: StepInputs = { fingerprintKey: await fingerprintKey(await openGit(root), !commit) };
  if (!takesLive) return inputs;
  const connections = new Map<string, Connection>();
  for (const context of contexts) {
    const connection = connect(context, kubeconfig);
    await checkReachable(connection);
    connections.set(await clusterNameOf(connection), connection);
  }
  const live = clusters.map(async (cluster): Promise<[string, LiveInputs]> => {
    const connection = connections.get(cluster);
    if (connection) return [cluster, await liveInputs(connection, takesLive(tree, cluster))];
    throw new UserError(`the step takes values from ${cluster}, and no context of it is given`, {
      why: connections.size > 0 ? `the contexts are those of ${[...connections.keys()].join(', ')}` : NOT_IN_GIT,
      fix: `give --context with that of ${clusters.join(' and ')}, or --cluster with those that can be reached`,
    });
  });
  return { ...inputs, live: Object.fromEntries(await Promise.all(live)) };
}

const NOT_IN_GIT = 'git has them sealed only, or not at all';

/** `name=value` on each line; a value may hold anything but a line end. */
function parseValues(text: string): Record<string, string> {
  const lines = text.split('\n').filter((line) => line !== '');
  const entries = lines.map((line, index): [string, string] => {
    const at = line.indexOf('=');
    if (at > 0) return [line.slice(0, at), line.slice(at + 1)];
    // The line itself may be a secret.
    throw new UserError(`line ${index + 1} of standard input is not \`name=value\``, {
      fix: 'printf \'wiz-client-id=%s\\nwiz-client-secret=%s\\n\' "$ID" "$SECRET" | npm run rotate -- apply wiz --values',
    });
  });
  return Object.fromEntries(entries);
}

function readText(path: string): string {
  try {
    return readFileSync(path === '-' ? 0 : resolve(callerFolder(), path), 'utf8');
  } catch (error) {
    throw readError(path, error);
  }
}
