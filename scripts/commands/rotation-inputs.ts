import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { openGit } from '../git/git.ts';
import { liveInputs } from '../rotate/facts/live-secrets.ts';
import type { RotationKind, StepInputs } from '../rotate/rotation.ts';
import { fingerprintKey } from '../secrets/fingerprint.ts';
import { readRootFile } from '../secrets/root-file.ts';
import { callerFolder } from '../system/caller-folder.ts';
import { readError } from '../system/file-error.ts';
import type { SourceTree } from '../system/source-tree.ts';
import { UserError } from '../system/user-error.ts';
import { clusterNameOf, connect } from '../verify/connection.ts';

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

/** What a kind takes from the cluster itself, and from this clone. */
export async function readSurroundings(
  root: string,
  tree: SourceTree,
  kind: RotationKind,
  { context: contexts = [], kubeconfig }: InputOptions,
): Promise<StepInputs> {
  const inputs: StepInputs = { fingerprintKey: await fingerprintKey(await openGit(root)) };
  if (!kind.takesLive) return inputs;
  const [context, ...others] = contexts;
  if (context === undefined || others.length > 0) {
    throw new UserError(`${kind.name} needs the context of one cluster`, {
      why: 'it seals anew what that cluster has, which git shows sealed only',
      fix: `npm run rotate -- apply ${kind.name} --cluster NAME --context CONTEXT`,
    });
  }
  const connection = connect(context, kubeconfig);
  return { ...inputs, ...(await liveInputs(connection, kind, tree, await clusterNameOf(connection))) };
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
