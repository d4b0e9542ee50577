import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { applyGeneration } from '../generate/generate.ts';
import { planGeneration } from '../generate/plan.ts';
import { loadRecords } from '../records/load-records.ts';
import type { KeyPair } from '../secrets/certificates.ts';
import { certificatesIn, fingerprintOf } from '../secrets/pem.ts';
import { sealSecret } from '../secrets/sealed-secret.ts';
import { readSealingCertificate } from '../secrets/sealing-certificate.ts';
import { shellWord } from '../system/shell-word.ts';
import { openSourceTree, type SourceTree } from '../system/source-tree.ts';
import { UserError } from '../system/user-error.ts';
import { makeFolder, writeFileAtomic } from '../system/write-file.ts';
import { firstSecrets } from './first-secrets.ts';
import { readAuthority } from './mesh-authority.ts';
import { meshOf } from './mesh-members.ts';

export interface InitOptions {
  /** Sealing certificate of the cluster, PEM; where it comes from, for errors. */
  certificate: { pem: string; origin: string };
  /** Root of the mesh, for a cluster that shares it with others. */
  root?: KeyPair;
  now: Date;
}

/**
 * Seals the first secrets of a cluster to its certificate. What is there already is left alone, so that it can be run again.
 * @returns paths of the files that were written
 * @throws UserError when the cluster has no record, or opens with another key than the one its secrets were sealed to
 */
export async function initCluster(root: string, name: string, options: InitOptions): Promise<string[]> {
  const before = openSourceTree(root);
  const { records } = loadRecords(before);
  const record = records.map((loaded) => loaded.record).find((one) => one.name === name);
  if (!record) {
    const known = records.map((loaded) => loaded.record.name).join(', ');
    throw new UserError(`there is no valid record of a cluster \`${name}\``, {
      fix: known
        ? `take one of: ${known}; or: npm run cluster -- add ${shellWord(name)}`
        : `npm run cluster -- add ${shellWord(name)}`,
    });
  }
  const { pem, origin } = options.certificate;
  const certificate = readSealingCertificate(origin, pem, options.now);
  const certificateFile = `clusters/${name}/sealing.crt`;
  const committed = read(root, certificateFile);
  if (
    committed &&
    readSealingCertificate(certificateFile, committed, options.now).fingerprint !== certificate.fingerprint
  ) {
    throw new UserError(`${certificateFile} is not the certificate of ${origin}`, {
      why: 'what is sealed to one of them cannot be opened with the key of the other',
      fix: 'is it the right cluster? If it has a new key, seal its secrets anew',
    });
  }
  const missing = firstSecrets(record, options.root, options.now).filter(
    ({ files }) => !existsSync(join(root, 'clusters', name, files.at(-1) ?? '')),
  );
  const makesAuthority = missing.some(({ files }) => files.includes('platform/cacerts.yaml'));
  if (options.root && makesAuthority) demandRootOfMesh(before, name, options.root);
  const written = new Map(committed ? [] : [[certificateFile, pem]]);
  for (const { files, make } of missing) {
    for (const [index, values] of (await make()).entries())
      written.set(`clusters/${name}/${files[index]}`, sealSecret(values, certificate));
  }
  for (const [path, text] of written) {
    makeFolder(join(root, path, '..'));
    writeFileAtomic(join(root, path), text);
  }
  const tree = openSourceTree(root);
  const plan = planGeneration(tree, loadRecords(tree));
  applyGeneration(root, plan);
  return [...written.keys(), ...plan.writes.keys()];
}

/** @throws UserError where the other members trust another root, or are about to: the new one would be cut off from them */
function demandRootOfMesh(tree: SourceTree, name: string, { certificate }: KeyPair): void {
  const [given] = certificatesIn(certificate);
  for (const member of meshOf(tree, name)) {
    const { roots = [] } = (member !== name && readAuthority(tree, member)) || {};
    if (roots.length > 1) {
      throw new UserError(`the root of the mesh is being replaced: ${member} trusts ${roots.length}`, {
        why: `with one of them alone, ${name} would refuse the others sooner or later, and hold the rotation up`,
        fix: 'end the rotation first, or take it back: npm run rotate -- plan mesh-root',
      });
    }
    if (roots[0] && given && fingerprintOf(roots[0]) !== fingerprintOf(given)) {
      throw new UserError(`the root that was given is not the one that ${member} trusts`, {
        why: `${name} and ${member} are of one mesh: their proxies would refuse each other`,
        fix: `give the file of the root with the fingerprint ${fingerprintOf(roots[0])}: --mesh-root FILE`,
      });
    }
  }
}

function read(root: string, path: string): string | undefined {
  return existsSync(join(root, path)) ? readFileSync(join(root, path), 'utf8') : undefined;
}
