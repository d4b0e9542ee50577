import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createSealingKey, ISTIOD } from '../secrets/certificates.ts';
import { readSealedSecret } from '../secrets/sealed-secret.ts';
import { unseal } from '../secrets/testing/unseal.ts';
import { runProcess } from '../system/run-process.ts';
import { copyOfRepository, runCli } from '../testing/repository-copy.ts';
import { temporaryTree } from '../testing/temp-repository.ts';
import { askIstio } from './testing/istio-oracle.ts';

const AUTHORITY = 'basicConstraints=critical,CA:TRUE,pathlen';
const USE = 'keyUsage=critical,keyCertSign,cRLSign';

/** OpenSSL as the authority outside: its keys come through standard input, and stand in no file and no argument. */
async function openssl(folder: string, args: readonly string[], key = ''): Promise<string> {
  // It opens /dev/stdin by that name, which a pipe of a shell allows and a socket of Node.js does not.
  const command = ['-c', 'cat | openssl "$@"', 'sh', ...args];
  const { code, stdout, stderr } = await runProcess('sh', command, { cwd: folder, stdin: key });
  if (code !== 0) throw new Error(stderr);
  return stdout;
}

const newKey = (folder: string) =>
  openssl(folder, ['genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256']);

it('the first authority of a cluster comes from a PKI whose root signs through an authority of its own', {
  timeout: 60 * 60_000,
}, async () => {
  const [root, sealingKey] = [copyOfRepository(), await createSealingKey(new Date())];
  const folder = temporaryTree({ 'sealing.crt': sealingKey.certificate });
  const file = (name: string) => join(folder, name);
  const rotate = (...args: string[]) => {
    const { code, stderr } = runCli(root, ['rotate', 'init', 'prod-eu', ...args]);
    expect([code, stderr], stderr).toEqual([0, expect.anything()]);
    return stderr;
  };
  const findings = () => {
    const { code, stdout } = runCli(root, ['check', '--output', 'json']);
    return [code, JSON.parse(stdout).findings.map((one: { code: string }) => one.code)];
  };

  expect(rotate('--certificate', file('sealing.crt'), '--mesh-request')).toContain(
    'have clusters/prod-eu/cacerts.csr signed',
  );
  expect(findings()).toEqual([0, ['SEC006']]);

  const [rootKey, issuingKey] = [await newKey(folder), await newKey(folder)];
  const request = (name: string, ...args: string[]) => [
    'req',
    '-new',
    '-key',
    '/dev/stdin',
    '-subj',
    `/CN=${name}`,
    ...args,
  ];
  const sign = (csr: string, ca: string, extensions: string, key: string) => {
    writeFileSync(file('extensions'), extensions);
    const from = [
      'x509',
      '-req',
      '-in',
      csr,
      '-CA',
      ca,
      '-CAkey',
      '/dev/stdin',
      '-days',
      '365',
      '-extfile',
      'extensions',
    ];
    return openssl(folder, from, key);
  };
  const extensions = ['-addext', `${AUTHORITY}:2`, '-addext', USE];
  writeFileSync(
    file('root.pem'),
    await openssl(folder, request('root', '-x509', '-days', '3650', ...extensions), rootKey),
  );
  writeFileSync(file('issuing.csr'), await openssl(folder, request('issuing'), issuingKey));
  const issuing = await sign('issuing.csr', 'root.pem', `${AUTHORITY}:1\n${USE}\n`, rootKey);
  writeFileSync(file('issuing.pem'), issuing);
  const wanted = `${AUTHORITY}:0\n${USE},digitalSignature\nsubjectAltName=DNS:${ISTIOD}\n`;
  const own = await sign(join(root, 'clusters/prod-eu/cacerts.csr'), 'issuing.pem', wanted, issuingKey);
  writeFileSync(file('chain.pem'), own + issuing);

  rotate('--chain', file('chain.pem'), '--root-certificate', file('root.pem'));
  expect(findings()).toEqual([0, []]);
  const text = readFileSync(join(root, 'clusters/prod-eu/platform/cacerts.yaml'), 'utf8');
  const { open } = readSealedSecret(text);
  const key = unseal(text, sealingKey.key)['ca-key.pem']?.toString() ?? '';
  const authority = {
    certificate: open['ca-cert.pem'] ?? '',
    chain: open['cert-chain.pem'] ?? '',
    roots: open['root-cert.pem'] ?? '',
  };
  expect(authority.chain.match(/BEGIN/g)).toHaveLength(3);
  expect(await askIstio([{ ...authority, key }])).toEqual(['']);
});
