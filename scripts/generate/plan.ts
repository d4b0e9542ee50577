import { z } from 'zod';
import { accessSchema } from '../access/access-file.ts';
import { clusterRecordSchema, ringsSchema } from '../records/cluster-record.ts';
import type { LoadedRecords } from '../records/load-records.ts';
import { isRecord } from '../resources/value.ts';
import { usesVault } from '../rotate/from-vault.ts';
import { demandRotationFile } from '../rotate/lost-rotation.ts';
import { currentRegistration, registrationPath } from '../rotate/registration.ts';
import { FIRST, readRotationFile } from '../rotate/rotation-file.ts';
import type { SourceTree } from '../system/source-tree.ts';
import { parseYaml, plainValue } from '../yaml/yaml-file.ts';
import { clusterFiles } from './cluster-files.ts';
import { consumersIn } from './consumers.ts';
import { isEdited, isGenerated } from './generated-file.ts';
import { heldRecords } from './held-records.ts';

/** What `npm run generate` would do; nothing has been written yet. */
export interface GenerationPlan {
  /** Files whose text differs from what the records say, or that are missing. */
  writes: ReadonlyMap<string, string>;
  /** Generated files that no record asks for any more. */
  orphans: readonly string[];
  /** Generated files that somebody has edited by hand: they are never overwritten or deleted silently. */
  edited: readonly string[];
}

const GENERATED_FOLDERS = ['clusters', 'argocd/clusters'];

/**
 * Compares every file that the records ask for with what is there. Pure: reads the tree, writes nothing.
 * @throws UserError where a ring is held at a commit that is not at hand
 */
export function planGeneration(tree: SourceTree, loaded: LoadedRecords): GenerationPlan {
  const { records, rings } = loaded;
  const held = heldRecords(tree, loaded);
  const images = baseImages(tree);
  const consumers = consumersIn(tree);
  const expected = new Map(editorSchemas());
  for (const { record } of records) {
    const revision = rings.find((ring) => ring.name === record.ring)?.revision ?? '';
    const failoverRegion = records.find((other) => other.record.name === record.failover)?.record.region;
    const sealed = {
      secrets: handWritten(tree, `clusters/${record.name}/secrets`),
      platform: handWritten(tree, `clusters/${record.name}/platform`),
    };
    demandRotationFile(tree, record.name);
    // A vault has one Secret for all of them.
    const { inUse } = usesVault(record) ? FIRST : readRotationFile(tree, record.name);
    const delivered = held.get(record.name);
    const around = {
      revision,
      delivered,
      images,
      sealed,
      consumers,
      inUse,
      ...(failoverRegion ? { failoverRegion } : {}),
    };
    for (const [path, text] of clusterFiles(record, around)) expected.set(path, text);
    const registration = currentRegistration(tree, record);
    if (registration !== undefined) expected.set(registrationPath(record.name), registration);
  }
  const present = GENERATED_FOLDERS.flatMap((folder) => tree.list(folder)).filter((path) =>
    isGenerated(tree.read(path) ?? ''),
  );
  // A file that lost its first line was edited too: schemas for editors have none, and nobody edits them.
  const isTakenOver = ([path, text]: [string, string]) => {
    // Line ends are an editor's or git's doing: nothing is lost when they are written anew.
    const found = tree.read(path)?.replaceAll('\r\n', '\n');
    return found !== undefined && isGenerated(text) && (!isGenerated(found) || isEdited(found));
  };
  return {
    writes: new Map([...expected].filter(([path, text]) => tree.read(path) !== text)),
    orphans: present.filter((path) => !expected.has(path)).sort(),
    edited: [
      ...new Set([
        ...present.filter((path) => isEdited(tree.read(path) ?? '')),
        ...[...expected].filter(isTakenOver).map(([path]) => path),
      ]),
    ],
  };
}

/** File names in a folder that are not generated, sorted. */
function handWritten(tree: SourceTree, folder: string): string[] {
  return tree
    .list(folder)
    .filter((path) => path.endsWith('.yaml') && !isGenerated(tree.read(path) ?? ''))
    .map((path) => path.slice(folder.length + 1))
    .sort();
}

function baseImages(tree: SourceTree): string[] {
  const [document] = parseYaml('base/kustomization.yaml', tree.read('base/kustomization.yaml') ?? '').documents;
  const value = document && plainValue(document);
  const images = isRecord(value) && Array.isArray(value['images']) ? value['images'] : [];
  return images.flatMap((image: unknown) =>
    isRecord(image) && typeof image['name'] === 'string' ? image['name'] : [],
  );
}

let schemaFiles: readonly [string, string][] | undefined;

/** JSON schemas for editors; hand-written files name them in their first line. They hang on no record: made once. */
function editorSchemas(): readonly [string, string][] {
  schemaFiles ??= makeEditorSchemas();
  return schemaFiles;
}

function makeEditorSchemas(): [string, string][] {
  const schemas = { cluster: clusterRecordSchema, rings: ringsSchema, access: accessSchema };
  return Object.entries(schemas).map(([name, schema]) => [
    `schemas/${name}.schema.json`,
    `${JSON.stringify(z.toJSONSchema(schema), undefined, 2)}\n`,
  ]);
}
