import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KubeObject } from '../resources/kube-object.ts';
import { bundledFiles } from '../rules/k8s/schema/catalog.ts';
import { check, type Found, parseObjects, validObjects } from '../rules/k8s/schema/fixture.ts';
import { fieldPaths, MUTATIONS, mutate } from '../rules/k8s/schema/mutations.ts';
import { KUBECONFORM_LOCATION, kubeconformSchemas } from './json-schema.ts';

/** The same objects, the same schemas, another validator: `kubeconform -strict`, from the PATH or $KUBECONFORM. */
const KUBECONFORM = process.env['KUBECONFORM'] ?? 'kubeconform';
const REPOSITORY = join(__dirname, '../..');

let folder: string;

beforeAll(() => {
  if (spawnSync(KUBECONFORM, ['-v']).error) {
    throw new Error(
      'kubeconform is not installed: go install github.com/yannh/kubeconform/cmd/kubeconform@v0.8.0, or set KUBECONFORM to its path',
    );
  }
  folder = mkdtempSync(join(tmpdir(), 'kubeconform-'));
  for (const { path, schema } of kubeconformSchemas(bundledFiles())) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), JSON.stringify(schema));
  }
});

afterAll(() => folder && rmSync(folder, { recursive: true }));

interface Verdict {
  name: string;
  status: 'statusValid' | 'statusInvalid' | 'statusError' | 'statusSkipped';
  msg: string;
}

function kubeconform(objects: readonly KubeObject[]): Verdict[] {
  const input = objects.map((object) => JSON.stringify(object)).join('\n---\n');
  const args = ['-strict', '-verbose', '-output', 'json', '-schema-location', join(folder, KUBECONFORM_LOCATION)];
  const { stdout } = spawnSync(KUBECONFORM, args, { input, encoding: 'utf8', maxBuffer: 2 ** 30 });
  return (JSON.parse(stdout) as { resources: Verdict[] }).resources;
}

function errors(object: KubeObject): Found[] {
  return check([object]).filter(({ code }) => code !== 'K8S006');
}

describe('our verdict and that of kubeconform', () => {
  it('agree on every single change to every valid object', () => {
    const stock = validObjects().filter(({ kind }) => kind !== 'CustomResourceDefinition' && kind !== 'Ring');
    const mutants = stock.flatMap((object) =>
      fieldPaths(object).flatMap((path) => MUTATIONS.map((mutation) => mutate(object, path, mutation).object)),
    );
    const named = mutants.map((object, index) => ({ ...object, metadata: { ...object.metadata, name: `m-${index}` } }));
    const verdicts = new Map(kubeconform(named).map((verdict) => [verdict.name, verdict]));

    const tally = { valid: 0, invalid: 0, 'invalid to us alone, by rules that JSON Schema cannot say': 0 };
    for (const object of named) {
      const { status, msg } = verdicts.get(object.metadata.name) as Verdict;
      const found = errors(object);
      expect(msg).not.toContain('could not find schema');
      const theirs = status === 'statusValid';
      const beyond = theirs && found.length > 0 && found.every(({ code }) => code === 'K8S004');
      tally[beyond ? 'invalid to us alone, by rules that JSON Schema cannot say' : theirs ? 'valid' : 'invalid'] += 1;
      if (!beyond) expect({ object, found: found.length === 0, msg }).toEqual({ object, found: theirs, msg });
    }

    expect(tally.valid).toBeGreaterThan(100);
    expect(tally.invalid).toBeGreaterThan(2000);
    expect(tally['invalid to us alone, by rules that JSON Schema cannot say']).toBeLessThan(tally.invalid / 10);
  });

  it('agree that every overlay renders valid objects', () => {
    const overlays = readdirSync(join(REPOSITORY, 'overlays')).filter((name) =>
      existsSync(join(REPOSITORY, 'overlays', name, 'kustomization.yaml')),
    );

    expect(overlays).toContain('prod');
    for (const overlay of overlays) {
      const objects = parseObjects(
        execFileSync('kustomize', ['build', join(REPOSITORY, 'overlays', overlay)], {
          encoding: 'utf8',
          maxBuffer: 2 ** 28,
        }),
      );
      const verdicts = kubeconform(objects);
      const refused = verdicts.filter(({ status }) => status !== 'statusValid');

      expect(verdicts).toHaveLength(objects.length);
      expect({ overlay, theirs: refused, ours: check(objects) }).toEqual({ overlay, theirs: [], ours: [] });
    }
  });
});
