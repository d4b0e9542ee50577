import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { parse } from 'yaml';
import { createSealingKey } from '../secrets/certificates.ts';
import { copyOfRepository, ROOT, runCli } from '../testing/repository-copy.ts';
import { temporaryTree } from '../testing/temp-repository.ts';

const SEALED = [
  'secrets/ai-spm-secrets.yaml',
  'secrets/database-roles.yaml',
  'platform/ai-spm-tls.yaml',
  'platform/cacerts.yaml',
];
const env = { AI_SPM_MESH_ROOT_PASSPHRASE: 'sixteen characters' };

describe('rotate init', () => {
  it('seals the first secrets of a cluster, once, and the repository is right with them', async () => {
    const root = copyOfRepository();
    const folder = temporaryTree({});
    const [meshRoot, certificate] = [join(folder, 'root.age'), join(folder, 'sealing.crt')];
    writeFileSync(certificate, inject('sealingKey').certificate);
    // Paths are those of the folder that npm was started in.
    const here = { ...env, npm_lifecycle_event: 'rotate', INIT_CWD: folder };
    const init = () =>
      runCli(root, ['rotate', 'init', 'prod-eu', '--certificate', 'sealing.crt', '--mesh-root', 'root.age'], {
        env: here,
      });

    expect(runCli(root, ['rotate', 'root', meshRoot], { env }).code).toBe(0);
    expect(statSync(meshRoot).mode & 0o777).toBe(0o600);
    expect(init()).toMatchObject({ code: 0, stdout: expect.stringContaining('+ clusters/prod-eu/sealing.crt') });
    const read = (file: string) => readFileSync(join(root, 'clusters/prod-eu', file), 'utf8');
    const first = SEALED.map(read);
    expect(first.map((text) => parse(text).metadata)).toMatchObject([
      { namespace: 'ai-spm', name: 'ai-spm-secrets' },
      { namespace: 'ai-spm', name: 'database-roles' },
      { namespace: 'istio-ingress', name: 'ai-spm-tls' },
      { namespace: 'istio-system', name: 'cacerts' },
    ]);
    expect(parse(first[0] ?? '').spec.encryptedData['database-password']).toMatch(/^Ag[A-D]/);
    // What anybody may know stands where a reviewer sees it.
    const [, roles, tls, authority] = first.map((text) => parse(text).spec);
    expect(roles).toMatchObject({
      encryptedData: { ai_spm_a: expect.stringMatching(/^Ag/) },
      template: { data: { ai_spm_b: 'closed' } },
    });
    expect(tls).toMatchObject({
      encryptedData: { 'tls.key': expect.stringMatching(/^Ag/) },
      template: { data: { 'tls.crt': expect.stringMatching(/^-----BEGIN/) } },
    });
    expect(Object.keys(authority.encryptedData)).toEqual(['ca-key.pem']);
    expect(Object.keys(authority.template.data)).toEqual(['ca-cert.pem', 'cert-chain.pem', 'root-cert.pem']);
    expect(runCli(root, ['validate', '--quiet', '--fail-on', 'warning'])).toMatchObject({ code: 0 });
    expect(runCli(root, ['render', 'clusters/prod-eu']).stdout).toContain('kind: SealedSecret');
    expect(init()).toMatchObject({ code: 0, stdout: 'nothing to do: prod-eu has its secrets\n' });
    expect(SEALED.map(read)).toEqual(first);
    // Stopped between the two that share a password: both anew.
    rmSync(join(root, 'clusters/prod-eu', SEALED[0] ?? ''));
    expect(init()).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('+ clusters/prod-eu/secrets/database-roles.yaml'),
    });
    expect(SEALED.map((file, index) => read(file) === first[index])).toEqual([false, false, true, true]);
    // Nothing in the clear: no key, no connection string.
    const written = readdirSync(join(root, 'clusters/prod-eu'), { recursive: true, encoding: 'utf8' });
    for (const file of written.filter((name) => name.includes('.')))
      expect(read(file)).not.toMatch(/PRIVATE KEY|postgresql:/);
    expect(readFileSync(meshRoot, 'utf8')).toMatch(/^age-encryption\.org/);
  });

  it('refuses another certificate than the one its secrets are sealed to', async () => {
    const root = copyOfRepository();
    const certificates = [1, 2].map(async (index) => {
      const file = join(root, `${index}.crt`);
      writeFileSync(file, (await createSealingKey(new Date())).certificate);
      return file;
    });
    const [first = '', second = ''] = await Promise.all(certificates);
    runCli(root, ['rotate', 'init', 'dev-eu', '--certificate', first]);

    expect(runCli(root, ['rotate', 'init', 'dev-eu', '--certificate', second])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('clusters/dev-eu/sealing.crt is not the certificate of'),
    });
  });

  it.each([
    ['a cluster without a record', ['init', 'mars', '--certificate', 'x'], 'no valid record of a cluster `mars`'],
    ['no key to seal to', ['init', 'dev-eu'], 'it is not known with which key'],
    ['a file that is not there', ['init', 'dev-eu', '--certificate', 'none.crt'], 'none.crt cannot be read'],
    ['a root inside a repository', ['root', join(ROOT, 'root.age')], 'lies in a git repository'],
  ])('refuses %s', async (_, args, message) => {
    const input =
      args[3] === 'x' ? join(temporaryTree({ x: (await createSealingKey(new Date())).certificate }), 'x') : args[3];
    const given = args.map((arg, index) => (index === 3 ? (input ?? arg) : arg));

    expect(runCli(ROOT, ['rotate', ...given], { env })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(message),
    });
    expect(existsSync(join(ROOT, 'root.age'))).toBe(false);
  });

  it('wants a passphrase, and no short one', () => {
    const folder = temporaryTree({});
    for (const passphrase of ['', 'short']) {
      const { code, stderr } = runCli(ROOT, ['rotate', 'root', join(folder, 'root.age')], {
        env: { AI_SPM_MESH_ROOT_PASSPHRASE: passphrase },
      });

      expect([code, stderr]).toEqual([2, expect.stringContaining('holds no passphrase of 16 characters')]);
    }
    expect(readdirSync(folder)).toEqual([]);
  });
});
