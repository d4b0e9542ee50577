import type { SourcePosition } from '../../findings/finding.ts';
import { isGenerated } from '../../generate/generated-file.ts';
import type { KubeObject } from '../../resources/kube-object.ts';
import { isRecord, sameValue } from '../../resources/value.ts';
import { applyPatch, isBuiltIn } from '../../sources/apply-patch.ts';
import { isKubeObject } from '../../sources/declaration.ts';
import type { Layer } from '../../sources/layer.ts';
import type { Patch, PatchDocument } from '../../sources/patch.ts';
import { appliesTo } from '../../sources/patch-target.ts';
import { locate, rangeOf } from '../../yaml/locate.ts';
import { plainValue, positionAt } from '../../yaml/yaml-file.ts';
import type { CodeInfo, SourceContext, SourceProblem, SourceRule } from '../rule.ts';

const HEAD = 'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n';
const VIRTUAL_SERVICE = `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: web
spec:
  hosts: [web]
  http:
    - timeout: 30s
      route: [{ destination: { host: web } }]
`;
const BASE = {
  'base/kustomization.yaml': `${HEAD}resources: [virtual-service.yaml]\n`,
  'base/virtual-service.yaml': VIRTUAL_SERVICE,
};

function demo(target: string, patch: string): Record<string, string> {
  return {
    ...BASE,
    'overlays/demo/kustomization.yaml': `${HEAD}resources: [../../base]\npatches:\n  - path: patch.yaml\n${target}`,
    'overlays/demo/patch.yaml': patch,
  };
}

const TARGET = '    target: { kind: VirtualService, name: web }\n';
const TIMEOUT = (value: string) => `- op: replace\n  path: /spec/http/0/timeout\n  value: ${value}\n`;
const MERGE = (http: string) =>
  `apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata:\n  name: web\nspec:\n${http}`;

const noEffect: CodeInfo = {
  code: 'SRC013',
  slug: 'patch-without-effect',
  severity: 'error',
  title: 'patch changes nothing',
  why: 'The reader believes that the overlay differs here, and it does not: the base has the same value already.',
  fix: 'Remove the patch, or correct the value or the path.',
  bad: demo(TARGET, TIMEOUT('30s')),
  good: demo(TARGET, TIMEOUT('60s')),
};

const noTarget: CodeInfo = {
  code: 'SRC014',
  slug: 'patch-without-target',
  severity: 'error',
  title: 'patch matches no object',
  why: 'kustomize ignores a patch whose target selects nothing, without a word: the change never arrives.',
  fix: 'Correct kind, name or selector; names are regular expressions over the whole name.',
  bad: demo('    target: { kind: VirtualService, name: webb }\n', TIMEOUT('60s')),
  good: demo('    target: { kind: VirtualService, name: we. }\n', TIMEOUT('60s')),
};

const replacesList: CodeInfo = {
  code: 'SRC015',
  slug: 'patch-replaces-list',
  severity: 'error',
  title: 'merge patch replaces a list of a custom resource',
  why: 'For custom resources kustomize knows no merge keys: the list in the patch takes the place of the whole list, and routes, rules or hosts of the base are lost.',
  fix: 'Use a JSON patch (a list of `op`, `path`, `value`) with an `op: test` that guards the position.',
  bad: demo('', MERGE('  http:\n    - route: [{ destination: { host: web-v2 } }]\n')),
  good: demo('', MERGE('  exportTo: ["."]\n')),
};

const wrongOperation: CodeInfo = {
  code: 'SRC020',
  slug: 'patch-operation-wrong',
  severity: 'error',
  title: 'JSON patch has an operation that fails',
  why: 'The build fails, and with it the sync of every cluster that uses the overlay. A `test` that fails says that the base has moved on since the patch was written.',
  fix: 'Look at what the base has there now, and adapt the patch and its `test` to it.',
  bad: demo(TARGET, `- op: test\n  path: /spec/http/0/timeout\n  value: 15s\n${TIMEOUT('60s')}`),
  good: demo(TARGET, `- op: test\n  path: /spec/http/0/timeout\n  value: 30s\n${TIMEOUT('60s')}`),
};

const OPERATIONS = ['add', 'remove', 'replace', 'move', 'copy', 'test'];

/** Patches are compared with what they act on: the rendered bases of their layer, and the resources beside them. */
export const patchEffectRule: SourceRule = {
  codes: [noEffect, noTarget, replacesList, wrongOperation],
  *check(context) {
    const { layers, targets } = context.repository;
    const trials = targets.filter(({ trial }) => trial).map(({ layer }) => layer);
    for (const layer of [...layers.filter(({ isComponent }) => !isComponent), ...trials]) {
      yield* applyLayer(layer, [], context);
    }
  },
};

/**
 * Walks the patches of a layer in the order of kustomize, components first, and changes `objects` as they do.
 * Nothing can be said where a base was not built.
 */
function* applyLayer(layer: Layer, objects: KubeObject[], context: SourceContext): Generator<SourceProblem> {
  const bases = layer.bases.map(({ folder }) => context.objectsOf(folder));
  if (bases.some((base) => base === undefined)) return;
  objects.push(...bases.flatMap((base) => (base ?? []).map(({ value }) => value)));
  objects.push(...layer.resources.flatMap((file) => file.documents.map(plainValue)).filter(isKubeObject));
  for (const component of layer.components) yield* applyLayer(component, objects, context);
  for (const patch of layer.patches) {
    for (const document of patch.documents) yield* applyDocument(layer, patch, document, objects, context.failureOf);
  }
}

function* applyDocument(
  layer: Layer,
  patch: Patch,
  document: PatchDocument,
  objects: KubeObject[],
  failureOf: SourceContext['failureOf'],
): Generator<SourceProblem> {
  const entry = positionAt(layer.file, patch.entry);
  const matched = objects.filter((object) => appliesTo(patch, document, object, []));
  if (matched.length === 0) {
    yield { code: noTarget, source: entry, message: describeMiss(patch, document) };
    return;
  }
  let changed = false;
  if (document.type === 'json') yield* wrongOperations(patch, document, matched);
  for (const object of matched) {
    if (document.type === 'merge' && !isBuiltIn(object.apiVersion)) yield* lostElements(patch, document, object);
    const after = applyPatch(document, object);
    changed ||= after !== object;
    objects.splice(objects.indexOf(object), 1, ...(after ? [after] : []));
  }
  // A record must name its host even where the overlay happens to say the same: that is no mistake of anyone.
  if (!changed && !isGenerated(layer.file.text) && failureOf(layer.folder) === undefined) {
    const message = `the patch leaves ${matched.length === 1 ? 'the object' : `all ${matched.length} objects`} as it was`;
    yield { code: noEffect, source: document.type === 'merge' ? startOf(patch, document) : entry, message };
  }
}

/** An operation that RFC 6902 does not know, and a guard that fails: kustomize names neither file nor line for them. */
function* wrongOperations(
  patch: Patch,
  document: Extract<PatchDocument, { type: 'json' }>,
  objects: readonly KubeObject[],
): Generator<SourceProblem> {
  for (const [index, operation] of document.operations.entries()) {
    const at = (field: string) =>
      positionAt(patch.file, rangeOf(locate(operation.node, [field]) ?? { node: operation.node }));
    if (!OPERATIONS.includes(operation.op)) {
      yield {
        code: wrongOperation,
        source: at('op'),
        message: `\`${operation.op}\` is no operation, it is one of ${OPERATIONS.join(', ')}`,
      };
      return;
    }
    const earlier = { type: 'json', operations: document.operations.slice(0, index) } as const;
    for (const object of operation.op === 'test' ? objects : []) {
      const found = operation.path.reduce<unknown>(childOf, applyPatch(earlier, object));
      if (sameValue(found, operation.value)) continue;
      const message = `the test fails for ${object.kind} ${object.metadata.name}: the value there is ${JSON.stringify(found) ?? 'missing'}`;
      yield { code: wrongOperation, source: at('value'), message };
    }
  }
}

function childOf(value: unknown, step: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[step] : undefined;
}

function startOf(patch: Patch, { root }: Extract<PatchDocument, { type: 'merge' }>): SourcePosition {
  return positionAt(patch.file, rangeOf(locate(root, ['kind']) ?? { node: root }));
}

function describeMiss(patch: Patch, document: PatchDocument): string {
  if (patch.target) return `no object matches the target ${JSON.stringify(patch.target)}`;
  const { kind, metadata } = document.type === 'merge' ? (document.value as Partial<KubeObject>) : {};
  return `there is no ${kind ?? 'object'} ${metadata?.name ?? ''} to patch`;
}

function* lostElements(
  patch: Patch,
  document: Extract<PatchDocument, { type: 'merge' }>,
  object: KubeObject,
): Generator<SourceProblem> {
  for (const path of listPaths(document.value, [])) {
    const before = path.reduce<unknown>((value, step) => (isRecord(value) ? value[step] : undefined), object);
    const after = path.reduce<unknown>((value, step) => (isRecord(value) ? value[step] : undefined), document.value);
    if (!Array.isArray(before) || !Array.isArray(after)) continue;
    const lost = before.filter((item) => !after.some((kept) => sameValue(kept, item))).length;
    if (lost === 0) continue;
    const at = locate(document.root, path);
    const range = at ? rangeOf(at) : ([0, 0] as const);
    yield {
      code: replacesList,
      source: positionAt(patch.file, range),
      message: `\`${path.join('.')}\` replaces the list of ${object.kind} ${object.metadata.name}: ${lost} of its ${before.length} elements are lost`,
    };
  }
}

function listPaths(value: unknown, path: string[]): string[][] {
  if (Array.isArray(value)) return [path];
  return isRecord(value) ? Object.entries(value).flatMap(([key, child]) => listPaths(child, [...path, key])) : [];
}
