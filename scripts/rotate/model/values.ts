import { unseal } from '../../secrets/testing/unseal.ts';
import type { SourceTree } from '../../system/source-tree.ts';
import { secretPath } from '../cluster-files.ts';
import { ciphertextDigest } from '../facts/ciphertext.ts';
import type { SealedFacts } from '../facts/facts.ts';
import { sealedFiles } from '../sealed-files.ts';
import { CLUSTER } from './rounds.ts';

/** What the Secrets of git hold, opened and numbered: a model compares values and never shows one. */
export class Values {
  readonly all: string[] = [];
  readonly #opened = new Map<string, Record<string, number>>();
  readonly #sealingKey: string;

  /** @param sealingKey private key that opens them, PEM */
  constructor(sealingKey: string) {
    this.#sealingKey = sealingKey;
  }

  /** Number of the value of a key in a Secret; -1 where there is none. */
  in(tree: SourceTree, secret: string, key: string): number {
    const text = tree.read(secretPath(CLUSTER, secret));
    if (text === undefined) return -1;
    const opened = this.#opened.get(text) ?? this.#open(text);
    this.#opened.set(text, opened);
    return opened[key] ?? -1;
  }

  #open(text: string): Record<string, number> {
    const entries = Object.entries(unseal(text, this.#sealingKey));
    return Object.fromEntries(entries.map(([key, value]) => [key, this.#numberOf(value.toString('utf8'))]));
  }

  #numberOf(value: string): number {
    const found = this.all.indexOf(value);
    return found < 0 ? this.all.push(value) - 1 : found;
  }
}

/** As a cluster shows it that has the SealedSecrets of git. */
export function sealedFacts(tree: SourceTree, cluster = CLUSTER): SealedFacts[] {
  return sealedFiles(tree, cluster).map(({ sealed }) => {
    const { namespace, name } = sealed;
    return { namespace, name, opened: true, ciphertext: ciphertextDigest(sealed) };
  });
}
