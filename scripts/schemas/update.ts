import { readdirSync, readFileSync, statSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { loadAll } from 'js-yaml';
import { crdSchemas } from './crds.ts';
import { joinApiVersion, type SchemaFile } from './field-schema.ts';
import { goModuleFolder } from './go-module.ts';
import { type Lifecycle, parseEnums, parseLifecycle } from './go-source.ts';
import { kubernetesSchemas } from './openapi.ts';
import type { Swagger } from './openapi-kinds.ts';
import { schemaText } from './schema-text.ts';
import { CRD_UPSTREAMS, type CrdUpstream, KUBERNETES } from './upstreams.ts';

export interface UpdateOptions {
  /** Repository root. */
  root: string;
  /** Compare only, write nothing. */
  check: boolean;
  log(line: string): void;
}

/**
 * Derives the files of `schemas/` from the pinned modules and writes those that changed. All or none: a module that cannot be had
 * leaves every file as it was.
 * @returns the files that changed or, with `check`, would change, relative to the root
 * @throws UserError when Go or a module is missing
 */
export async function updateSchemas({ root, check, log }: UpdateOptions): Promise<{ changed: string[] }> {
  const files = [
    { name: KUBERNETES.name as string, build: kubernetesFile },
    ...CRD_UPSTREAMS.map((upstream) => ({ name: upstream.name, build: () => crdFile(upstream) })),
  ];
  const texts = new Map<string, string>();
  for (const { name, build } of files) {
    const file = await build();
    const sources = file.sources.map((source) => `${source.module} ${source.version}`);
    log(`${name}: ${Object.keys(file.kinds).length} kinds from ${[...new Set(sources)].join(', ')}`);
    texts.set(join('schemas', `${name}.json`), schemaText(file));
  }
  const changed: string[] = [];
  for (const [path, text] of texts) {
    if ((await readFile(join(root, path), 'utf8').catch(() => undefined)) !== text) changed.push(path);
  }
  if (check || changed.length === 0) return { changed };
  await mkdir(join(root, 'schemas'), { recursive: true });
  for (const path of changed) await writeFile(join(root, path), texts.get(path) as string);
  return { changed };
}

async function kubernetesFile(): Promise<SchemaFile> {
  const { module, version, openApi, goOpenApi, api } = KUBERNETES;
  const folder = await goModuleFolder({ module, version });
  const apiFolder = await goModuleFolder(api);
  const schemas = kubernetesSchemas({
    swagger: JSON.parse(readFileSync(join(folder, openApi), 'utf8')) as Swagger,
    enums: parseEnums(readFileSync(join(folder, goOpenApi), 'utf8')),
    lifecycles: readLifecycles(apiFolder),
    release: version.replace(/^v(\d+\.\d+)\..*$/, '$1'),
  });
  const sources = [
    { module, version, path: openApi },
    { module, version, path: goOpenApi },
    { ...api, path: `*/*/${LIFECYCLE_FILE}` },
  ];
  return { sources, ...schemas };
}

const LIFECYCLE_FILE = 'zz_generated.prerelease-lifecycle.go';

/** The folders of k8s.io/api are `<group>/<version>`; the full name of the group stands in register.go. */
function readLifecycles(folder: string): Map<string, Lifecycle[]> {
  const lifecycles = new Map<string, Lifecycle[]>();
  for (const path of readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()) {
    if (!path.endsWith(LIFECYCLE_FILE)) continue;
    const versionFolder = join(folder, path, '..');
    const group = /GroupName\s*=\s*"([^"]*)"/.exec(readFileSync(join(versionFolder, 'register.go'), 'utf8'))?.[1] ?? '';
    lifecycles.set(
      joinApiVersion(group, basename(versionFolder)),
      parseLifecycle(readFileSync(join(folder, path), 'utf8')),
    );
  }
  return lifecycles;
}

async function crdFile({ module, version, path }: CrdUpstream): Promise<SchemaFile> {
  const folder = await goModuleFolder({ module, version });
  const file: SchemaFile = { sources: [{ module, version, path }], kinds: {}, definitions: {} };
  for (const text of yamlTexts(join(folder, path))) {
    for (const document of loadAll(text)) {
      const schemas = crdSchemas(document);
      Object.assign(file.kinds, schemas?.kinds);
      Object.assign(file.definitions, schemas?.definitions);
    }
  }
  return file;
}

function yamlTexts(path: string): string[] {
  if (statSync(path).isFile()) return [readFileSync(path, 'utf8')];
  const files = readdirSync(path).filter((file) => file.endsWith('.yaml'));
  return files.sort().map((file) => readFileSync(join(path, file), 'utf8'));
}
