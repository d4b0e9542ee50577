import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { StepInputs } from '../rotate/rotation.ts';
import { readRootFile } from '../secrets/root-file.ts';
import { callerFolder } from '../system/caller-folder.ts';
import { readError } from '../system/file-error.ts';
import { UserError } from '../system/user-error.ts';

export interface InputOptions {
  meshRoot?: string;
  rootCertificate?: string;
  chain?: string;
  key?: string;
  values?: boolean;
}

/** What only the person who rotates has. Secret values come from standard input or from files of their own, never from arguments. */
export async function readInputs(options: InputOptions): Promise<StepInputs> {
  const { meshRoot, rootCertificate, chain, key, values } = options;
  return {
    ...(meshRoot ? { meshRoot: await readRootFile(resolve(callerFolder(), meshRoot)) } : {}),
    ...(rootCertificate ? { newRootCertificate: readText(rootCertificate) } : {}),
    ...(chain ? { chain: readText(chain) } : {}),
    ...(key ? { key: readText(key) } : {}),
    ...(values ? { values: parseValues(readFileSync(0, 'utf8')) } : {}),
  };
}

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
