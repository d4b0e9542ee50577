import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { readError } from '../../system/file-error.ts';
import { shellWord } from '../../system/shell-word.ts';
import { UserError } from '../../system/user-error.ts';
import { makeFolder, writeFileAtomic } from '../../system/write-file.ts';
import type { ClusterFacts } from './facts.ts';

const MAX_BYTES = 64 * 1024 * 1024;
const text = z.string();

function collected<T extends z.ZodType>(value: T) {
  return z.union([z.strictObject({ value }), z.strictObject({ unreadable: text })]);
}

const factsSchema = z.strictObject({
  cluster: text,
  collectedAt: z.iso.datetime(),
  proxies: collected(z.array(z.strictObject({ pod: text, namespace: text, chain: text, roots: text }))),
  istiods: collected(
    z.array(z.strictObject({ pod: text, ready: z.boolean(), signerEnd: z.number(), rootEnd: z.number() })),
  ),
  trustMaps: collected(z.array(z.strictObject({ namespace: text, roots: text }))),
  sealedSecrets: collected(
    z.array(
      z.strictObject({
        ...{ namespace: text, name: text, ciphertext: text },
        ...{ opened: z.boolean(), openedAt: text.optional() },
      }),
    ),
  ),
  workloads: collected(
    z.array(
      z.strictObject({
        ...{ namespace: text, name: text, kind: text, secrets: z.array(text) },
        ...{ settled: z.boolean(), rolledOutAt: text.optional() },
        past: z.array(z.strictObject({ secrets: z.array(text), endedAt: text })).optional(),
      }),
    ),
  ),
  databaseRoles: collected(
    z.array(z.strictObject({ name: text, canLogin: z.boolean(), hasPassword: z.boolean(), sessions: z.number() })),
  ),
  gatewayCertificates: collected(z.array(z.strictObject({ host: text, chain: text }))),
  sealingKeys: collected(z.array(z.strictObject({ name: text, fingerprint: text, notBefore: text }))),
  remoteClusters: collected(z.array(z.strictObject({ cluster: text, state: text, istiod: text }))),
  accountTokens: collected(
    z.array(
      z.strictObject({
        ...{ namespace: text, account: text, name: text },
        ...{ filled: z.boolean(), lastUsed: text.optional() },
      }),
    ),
  ),
}) satisfies z.ZodType<ClusterFacts>;

/** Writes what was collected, one file for each cluster. @returns their paths */
export function saveFacts(folder: string, facts: readonly ClusterFacts[]): string[] {
  makeFolder(folder);
  return facts.map((one) => {
    const path = join(folder, `${one.cluster}.json`);
    writeFileAtomic(path, `${JSON.stringify(one, undefined, 2)}\n`);
    return path;
  });
}

/**
 * Reads what was saved elsewhere.
 * @throws UserError where a file is not what `rotate collect` writes
 */
export function readFacts(folder: string): ClusterFacts[] {
  const names = reading(folder, () => readdirSync(folder)).filter((name) => name.endsWith('.json'));
  if (names.length === 0) {
    throw new UserError(`${folder} holds no facts`, {
      fix: `collect them: npm run rotate -- collect ${shellWord(folder)} --context …`,
    });
  }
  return names.sort().map((name) => readFile(join(folder, name)));
}

function readFile(path: string): ClusterFacts {
  const refuse = (why: string) =>
    new UserError(`${path} is not what \`npm run rotate -- collect\` writes`, {
      why,
      fix: 'collect it anew, and change nothing in it',
    });
  if (reading(path, () => statSync(path)).size > MAX_BYTES) throw refuse(`it is larger than ${MAX_BYTES} bytes`);
  const content = reading(path, () => readFileSync(path, 'utf8'));
  let value: unknown;
  try {
    value = JSON.parse(content);
  } catch (error) {
    throw refuse((error as Error).message);
  }
  const result = factsSchema.safeParse(value);
  if (result.success) {
    const { cluster } = result.data;
    if (basename(path) === `${cluster}.json`) return result.data;
    throw refuse(`it is about \`${cluster}\`: a second file about one cluster, or one of another folder, may be older`);
  }
  const [issue] = result.error.issues;
  throw refuse(`${issue?.path.join('.')}: ${issue?.message}`);
}

function reading<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw readError(path, error);
  }
}
