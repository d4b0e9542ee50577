import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Decrypter, Encrypter } from 'age-encryption';
import { runProcess } from '../system/run-process.ts';
import { shellWord } from '../system/shell-word.ts';
import { UserError } from '../system/user-error.ts';
import { writeFileAtomic } from '../system/write-file.ts';
import { createRoot, type KeyPair } from './certificates.ts';

/** Holds the passphrase of the file; an argument would be seen by every user of the machine. */
export const PASSPHRASE_VARIABLE = 'AI_SPM_MESH_ROOT_PASSPHRASE';
const MIN_PASSPHRASE = 16;

/**
 * Makes a root of the mesh and keeps it in a file of its own, encrypted by age with a passphrase (`age --decrypt` opens it too).
 * @throws UserError when the file exists, or lies in a git repository
 */
export async function writeRootFile(path: string, now: Date, rsa = false): Promise<KeyPair> {
  const file = resolve(path);
  if (existsSync(file)) {
    throw new UserError(`${path} exists already`, { fix: 'take another name: a root that is overwritten is lost' });
  }
  const { code } = await runProcess('git', ['-C', resolve(file, '..'), 'rev-parse', '--git-dir']);
  if (code === 0) {
    throw new UserError(`${path} lies in a git repository`, {
      why: 'whoever has the root key can be any workload of every cluster; one careless commit gives it away',
      fix: 'name a file outside, such as one on an encrypted disk that is kept offline',
    });
  }
  const encrypter = new Encrypter();
  encrypter.setPassphrase(passphrase());
  const root = await createRoot(now, undefined, rsa);
  writeFileAtomic(file, Buffer.from(await encrypter.encrypt(root.certificate + root.key)), 0o600);
  return root;
}

/** @throws UserError when it cannot be opened with the passphrase, or holds no root */
export async function readRootFile(path: string): Promise<KeyPair> {
  if (!existsSync(path)) {
    throw new UserError(`${path} does not exist`, { fix: `make it: npm run rotate -- root ${shellWord(path)}` });
  }
  const decrypter = new Decrypter();
  decrypter.addPassphrase(passphrase());
  const text = await decrypter.decrypt(readFileSync(path), 'text').catch((cause: Error) => {
    throw new UserError(`${path} cannot be opened`, {
      why: cause.message,
      fix: `is ${PASSPHRASE_VARIABLE} the passphrase that it was made with?`,
      cause,
    });
  });
  const [, certificate, key] = /^(-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----\n)(.*)$/s.exec(text) ?? [];
  if (certificate && key) return { certificate, key };
  throw new UserError(`${path} holds no root`, { fix: 'give a file that `npm run rotate -- root` has made' });
}

function passphrase(): string {
  const value = process.env[PASSPHRASE_VARIABLE] ?? '';
  if (value.length >= MIN_PASSPHRASE) return value;
  throw new UserError(`${PASSPHRASE_VARIABLE} holds no passphrase of ${MIN_PASSPHRASE} characters or more`, {
    fix: `read it without showing it: read -rs ${PASSPHRASE_VARIABLE} && export ${PASSPHRASE_VARIABLE}`,
  });
}
