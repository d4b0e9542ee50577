import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { parse } from 'yaml';
import { loadRecords } from '../records/load-records.ts';
import { firstSecrets } from '../rotate/first-secrets.ts';
import { initCluster } from '../rotate/init.ts';
import { rotationPath } from '../rotate/rotation-file.ts';
import { createRoot } from '../secrets/certificates.ts';
import { openSourceTree } from '../system/source-tree.ts';
import { copyOfRepository, runCli } from '../testing/repository-copy.ts';

const now = new Date();

/** This repository, in which the values of prod-eu are in a vault. */
function vaultCluster() {
  const root = copyOfRepository();
  const [known] = loadRecords(openSourceTree(root)).records.filter(({ record }) => record.name === 'prod-eu');
  appendFileSync(join(root, 'clusters/prod-eu/cluster.yaml'), 'components: [external-secrets]\n');
  const check = () => {
    const { stdout } = runCli(root, ['check', '--output', 'json']);
    return JSON.parse(stdout).findings.map(
      ({ code, source }: { code: string; source: { file: string } }) => `${code} ${source.file}`,
    );
  };
  const rendered = (target: string) => runCli(root, ['render', target]).stdout;
  return { root, known, check, rendered };
}

describe('a cluster whose values are in a vault', () => {
  it('gets every Secret that would be sealed, under its name, and the repository is right with it', async () => {
    const { root, known, check, rendered } = vaultCluster();
    expect(runCli(root, ['generate']).code).toBe(0);
    expect(check()).toEqual([]);

    if (!known) throw new Error('prod-eu has no record');
    const first = firstSecrets(known.record, undefined, now);
    const sealed = (await Promise.all(first.map(({ make }) => make()))).flat();
    const texts = ['clusters/prod-eu', 'clusters/prod-eu/platform'].map(rendered).join('---\n').split(/^---$/m);
    const external = texts.filter((text) => text.includes('kind: ExternalSecret'));
    const named = (text: string) =>
      [/^ {2}namespace: (.*)$/m, /^ {2}name: (.*)$/m].map((field) => field.exec(text)?.[1]);
    expect(external.map(named).sort()).toEqual(sealed.map(({ namespace, name }) => [namespace, name]).sort());
    // Defaults of CustomResourceDefinition v1.3.2 within a list: Argo CD compares that as a whole, and would be OutOfSync for ever.
    const defaults = { conversionStrategy: 'Default', decodingStrategy: 'None', metadataPolicy: 'None' };
    for (const text of external)
      expect(parse(text).spec.dataFrom).toEqual([{ extract: { key: expect.any(String), ...defaults } }]);
  }, 120_000);

  it('takes everything from there, also what was rotated here before', () => {
    const { root, rendered } = vaultCluster();
    const inUse = `inUse:
  database: { secret: ai-spm-database-2, role: ai_spm_b }
  session: { secret: ai-spm-session-3 }
  wiz: { secret: ai-spm-wiz-4 }
underWay: {}
`;
    writeFileSync(join(root, rotationPath('prod-eu')), inUse);
    expect(runCli(root, ['generate']).code).toBe(0);

    expect(rendered('clusters/prod-eu')).not.toMatch(/ai-spm-(database|session|wiz)-/);
  }, 120_000);

  it('is given no values by `rotate init`, and is told where both would make a Secret', async () => {
    const { root, check } = vaultCluster();
    const [meshRoot, key] = [await createRoot(now), inject('sealingKey')];
    const written = await initCluster(root, 'prod-eu', {
      certificate: { pem: key.certificate, origin: 'x' },
      root: meshRoot,
      now,
    });

    expect(written.filter((path) => path.includes('/secrets/'))).toEqual([]);
    expect(written).toContain('clusters/prod-eu/platform/cacerts.yaml');
    expect(written).not.toContain('clusters/prod-eu/platform/ai-spm-tls.yaml');
    const cacerts = openSourceTree(root).read('clusters/prod-eu/platform/cacerts.yaml') ?? '';
    const second = cacerts.replaceAll('name: cacerts', 'name: ai-spm-tls').replaceAll('istio-system', 'istio-ingress');
    writeFileSync(join(root, 'clusters/prod-eu/platform/ai-spm-tls.yaml'), second);
    expect(runCli(root, ['generate']).code).toBe(0);
    expect(check()).toEqual([expect.stringContaining('SEC007')]);
  }, 120_000);
});
