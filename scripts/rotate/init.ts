import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { applyGeneration } from '../generate/generate.ts';
import { guardedPlan } from '../generate/guarded-plan.ts';
import { loadRecords } from '../records/load-records.ts';
import type { KeyPair } from '../secrets/certificates.ts';
import { certificatesIn } from '../secrets/pem.ts';
import { sealSecret } from '../secrets/sealed-secret.ts';
import { readSealingCertificate } from '../secrets/sealing-certificate.ts';
import { shellWord } from '../system/shell-word.ts';
import { openSourceTree, overlayTree } from '../system/source-tree.ts';
import { UserError } from '../system/user-error.ts';
import { makeFolder, writeFileAtomic } from '../system/write-file.ts';
import { platformPath } from './cluster-files.ts';
import {
  answerAuthority,
  demandRootOfMesh,
  type FirstAnswer,
  isWaiting,
  requestAuthority,
  waitingPath,
  withoutRequest,
} from './first-authority.ts';
import { firstSecrets } from './first-secrets.ts';
import type { FileChanges } from './rotation.ts';

export interface InitOptions {
  /** Sealing certificate of the cluster, PEM; where it comes from, for errors. */
  certificate: { pem: string; origin: string };
  /** Root of the mesh, for a cluster that shares it with others. */
  root?: KeyPair;
  /** The root is held outside: asks it for the authority of the cluster. */
  request?: { rsa: boolean };
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
  if (options.root && makesAuthority) demandRootOfMesh(before, name, certificatesIn(options.root.certificate)[0]);
  const changes = new Map<string, string | undefined>(committed ? [] : [[certificateFile, pem]]);
  for (const { files, make } of missing) {
    for (const [index, values] of (await make()).entries())
      changes.set(`clusters/${name}/${files[index]}`, sealSecret(values, certificate));
  }
  const hasAuthority = makesAuthority || before.kind(platformPath(name, 'cacerts')) === 'file';
  if (hasAuthority && before.kind(waitingPath(name)) === 'file') {
    for (const [path, text] of withoutRequest(before, name)) changes.set(path, text);
  } else if (!hasAuthority && options.request && !isWaiting(before, name)) {
    const { rsa } = options.request;
    for (const [path, text] of await requestAuthority(name, certificate, rsa)) changes.set(path, text);
  }
  return writeFiles(root, changes);
}

/**
 * Takes what an outside authority has answered to the request of a cluster.
 * @returns paths of the files that were written
 * @throws UserError where nothing waits, or the answer cannot be used
 */
export function answerInit(root: string, name: string, answer: FirstAnswer): string[] {
  return writeFiles(root, answerAuthority(openSourceTree(root), name, answer));
}

/** What takes a file away comes last: whoever is killed before can run the command again. */
function writeFiles(root: string, changes: FileChanges): string[] {
  // Before the first write: what is not right now is not right after it.
  const plan = guardedPlan(overlayTree(openSourceTree(root), changes));
  const written = [...changes].filter((change): change is [string, string] => change[1] !== undefined);
  for (const [path, text] of written) {
    makeFolder(join(root, path, '..'));
    writeFileAtomic(join(root, path), text);
  }
  applyGeneration(root, plan);
  for (const [path, text] of changes) if (text === undefined) rmSync(join(root, path), { force: true });
  return [...written.map(([path]) => path), ...plan.writes.keys()];
}

function read(root: string, path: string): string | undefined {
  return existsSync(join(root, path)) ? readFileSync(join(root, path), 'utf8') : undefined;
}
