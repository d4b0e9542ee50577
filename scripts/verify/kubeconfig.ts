import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { KubeConfig } from '@kubernetes/client-node';
import { callerFolder } from '../system/caller-folder.ts';
import { readError } from '../system/file-error.ts';
import { UserError } from '../system/user-error.ts';

/** For each request: a server may take a connection and never say a word. */
export const ANSWER_MS = 30_000;
const DEFAULT = join(homedir(), '.kube/config');

/**
 * The kubeconfig with that context as its current one.
 * @param file where undefined, $KUBECONFIG or ~/.kube/config as kubectl has it
 * @throws UserError where there is none, it cannot be read, or it has no such context with a cluster and a user
 */
export function kubeconfigFor(context: string, file?: string): KubeConfig {
  const place = file ?? (process.env['KUBECONFIG'] || DEFAULT);
  // Of what is not there the client library makes a cluster at localhost, which is nobody's.
  if (place === DEFAULT && !existsSync(DEFAULT)) {
    throw new UserError('there is no kubeconfig', {
      why: 'neither --kubeconfig nor $KUBECONFIG is given, and ~/.kube/config does not exist',
      fix: 'give one of them',
    });
  }
  const config = load(place, file);
  const names = config.contexts.map(({ name }) => name);
  if (!names.includes(context)) {
    throw new UserError(`there is no context \`${context}\` in ${place}`, {
      fix: names.length > 0 ? `take one of: ${names.join(', ')}` : 'it has no contexts at all: give another file',
    });
  }
  config.setCurrentContext(context);
  const { cluster, user } = config.getContextObject(context) ?? {};
  if (!config.getCurrentCluster()) throw incomplete(context, place, 'cluster', cluster);
  if (!config.getCurrentUser()) throw incomplete(context, place, 'user', user);
  const authenticate = config.applySecurityAuthentication.bind(config);
  config.applySecurityAuthentication = async (request) => {
    await authenticate(request);
    request.setSignal(AbortSignal.timeout(ANSWER_MS));
  };
  return config;
}

function incomplete(context: string, place: string, what: string, name = ''): UserError {
  return new UserError(`the context \`${context}\` names the ${what} \`${name}\`, which ${place} does not have`, {
    fix: `add it, or take another context: kubectl config get-contexts`,
  });
}

function load(place: string, file?: string): KubeConfig {
  const config = new KubeConfig();
  try {
    if (file) config.loadFromFile(resolve(callerFolder(), file));
    else config.loadFromDefault();
    return config;
  } catch (error) {
    const readable = readError(place, error);
    if (readable instanceof UserError) throw readable;
    // Neither its message nor the error itself may be shown: a parser quotes the lines around, which hold keys and tokens.
    const { reason, mark } = error as { reason?: string; mark?: { line: number; column: number } };
    throw new UserError(`${place} is not a kubeconfig`, {
      why: mark ? `${reason} at ${mark.line + 1}:${mark.column + 1}` : 'it does not hold what a kubeconfig holds',
      fix: 'give a file that kubectl takes',
    });
  }
}
