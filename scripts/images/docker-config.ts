import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { UserError } from '../system/user-error.ts';

export interface Credentials {
  username: string;
  password: string;
}

/** What `docker login` and its like left for this user. */
export interface DockerConfig {
  path: string;
  /** By registry, as image names have it. */
  credentials: ReadonlyMap<string, Credentials>;
  /** Programs that keep credentials outside the file exist; they are not asked. */
  hasHelpers: boolean;
}

const schema = z.looseObject({
  auths: z
    .record(
      z.string(),
      z.looseObject({ auth: z.string().optional(), username: z.string().optional(), password: z.string().optional() }),
    )
    .optional(),
  credsStore: z.string().optional(),
  credHelpers: z.record(z.string(), z.string()).optional(),
});

/**
 * Reads `$DOCKER_CONFIG/config.json`, or `~/.docker/config.json`. A missing file is an empty one.
 * @throws UserError when the file is not what docker writes; never with anything of its content
 */
export function readDockerConfig(env: NodeJS.ProcessEnv): DockerConfig {
  const path = join(env['DOCKER_CONFIG'] || join(env['HOME'] || homedir(), '.docker'), 'config.json');
  const { auths = {}, credsStore, credHelpers = {} } = existsSync(path) ? parse(path) : {};
  const credentials = new Map<string, Credentials>();
  for (const [key, { auth, username, password }] of Object.entries(auths)) {
    const [user, ...secret] = auth ? Buffer.from(auth, 'base64').toString('utf8').split(':') : [username, password];
    const known = { username: user ?? '', password: secret.join(':') };
    if (known.username && known.password) credentials.set(registryOf(key), known);
  }
  return { path, credentials, hasHelpers: Boolean(credsStore) || Object.keys(credHelpers).length > 0 };
}

function parse(path: string): z.infer<typeof schema> {
  try {
    return schema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    // The cause is not kept: it would quote the file.
    throw new UserError(`${path} is not a configuration of docker`, {
      why: 'it may hold the credentials of a registry',
      fix: 'correct or remove the file, or set DOCKER_CONFIG to the folder of another one',
    });
  }
}

/** Keys are hosts or URLs; Docker Hub goes by the URL of its first API. */
function registryOf(key: string): string {
  const host = key.replace(/^https?:\/\//, '').split('/', 1)[0] ?? '';
  return host === 'index.docker.io' || host === 'registry-1.docker.io' ? 'docker.io' : host;
}
