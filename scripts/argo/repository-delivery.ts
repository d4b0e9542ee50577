import { posix } from 'node:path';
import { loadRecords } from '../records/load-records.ts';
import type { KustomizeTool } from '../render/kustomize-tool.ts';
import type { RenderCache } from '../render/render-cache.ts';
import { textOf } from '../resources/fields.ts';
import type { RenderedObject } from '../resources/kube-object.ts';
import { kustomizationPath, layerReader } from '../sources/layer.ts';
import type { Repository } from '../sources/repository.ts';
import { locate, rangeOf } from '../yaml/locate.ts';
import { positionAt } from '../yaml/yaml-file.ts';
import { clustersOf } from './cluster-secrets.ts';
import { type DeliveredApplication, type DeliveredSet, type Delivery, type Placed, sourcesOf } from './delivery.ts';
import { expandSet, isApplicationSet } from './expand-set.ts';
import { IN_CLUSTER_NAME, IN_CLUSTER_SERVER } from './generators/clusters.ts';
import type { RepositoryFiles, World } from './generators/generator.ts';
import { heldBy, heldKey, heldProblems } from './held-paths.ts';
import { isArgo, ofKind } from './manifest-delivery.ts';
import { fromTemplate, placedObjects } from './placed.ts';
import { type ClusterRegistration, registrationOf } from './registration.ts';
import { folderOf, type RenderedFolder, yieldRenderer } from './render-yield.ts';
import { sameRepository } from './repository-url.ts';

const FOLDER = 'argocd';
/** Folders that are never in git. */
const NOT_IN_GIT = ['.git', 'node_modules', 'report'];
/** Applications that make Applications that make Applications ... A repository needs two or three. */
const MAX_DEPTH = 8;

interface Tools {
  tool: KustomizeTool;
  cache: RenderCache;
  /** Objects of a folder that was built already. */
  objectsOf(folder: string): readonly RenderedObject[] | undefined;
}

/**
 * All that Argo CD would make of the repository, from what is applied by hand on: the Applications and ApplicationSets under argocd/ that
 * no kustomization lists.
 */
export async function repositoryDelivery(repository: Repository, { tool, cache, objectsOf }: Tools): Promise<Delivery> {
  const { tree } = repository;
  const known = new Map(repository.layers.map((layer) => [layer.folder, layer]));
  const reader = layerReader(tree);
  const readLayer = (folder: string) => known.get(folder) ?? reader(folder);
  const files = repository.files.filter(({ path }) => path.startsWith(`${FOLDER}/`));
  const folders = new Set(files.map(({ path }) => posix.dirname(path)));
  const listed = new Set([...folders].flatMap((folder) => readLayer(folder)?.reads ?? []));
  const candidates = files.filter(({ path }) => !listed.has(path));
  const top = ofKind(candidates.flatMap(placedObjects), 'Application').flatMap(sourcesOf);
  const isFolder = (path: unknown) => typeof path === 'string' && tree.kind(folderOf(path)) === 'folder';
  const local = top.map(({ source }) => source).filter(({ path }) => isFolder(path));
  // What an Application reads as plain manifests is made by it.
  const plain = local
    .map(({ path }) => folderOf(String(path)))
    .filter((folder) => !kustomizationPath(tree, folder) && tree.kind(`${folder}/Chart.yaml`) === 'missing');
  const read = new Set(plain);
  const roots = candidates.filter(({ path }) => !read.has(posix.dirname(path))).flatMap(placedObjects);

  const urls = local.map(({ repoURL }) => String(repoURL ?? ''));
  const isOwn = (url: string) => urls.some((own) => sameRepository(own, url));
  const { records, rings } = loadRecords(tree);
  // The Secret that registers a cluster is not in git: of it only the name is known.
  const registered = records.map(({ record }) => ({ name: record.name, server: '', project: '', annotations: {} }));
  const clusters = [...registered, ...clustersOf(roots.map(({ value }) => value))];
  const world: World = {
    clusters,
    repository: (url) => (isOwn(url) ? checkout : undefined),
  };
  const revisions = new Set(local.flatMap(({ targetRevision }) => textOf(targetRevision) || []));
  let paths: string[] | undefined;
  const checkout: RepositoryFiles = {
    revisions,
    list: () => (paths ??= tree.list('.', NOT_IN_GIT)),
    read: tree.read,
  };

  const sets: DeliveredSet[] = [];
  const applications: DeliveredApplication[] = [];
  const projects: Placed[] = [];
  const registrations: ClusterRegistration[] = [];
  const targets = new Set(repository.targets.map(({ name }) => name));
  const isTarget = (folder: string) => targets.has(folder);
  const render = yieldRenderer({ tree, tool, cache, readLayer, objectsOf, isOwn, isTarget });
  await follow(roots, undefined, 0);
  return {
    applications,
    sets,
    projects,
    clusters: new Set([
      IN_CLUSTER_NAME,
      IN_CLUSTER_SERVER,
      ...clusters.flatMap(({ name, server }) => [name, server]).filter(Boolean),
    ]),
    unchecked: [...applications, ...sets, ...projects],
    complete: true,
    registrations,
    facts: new Map(records.map(({ record }) => [record.name, record])),
    rings: new Map(rings.map(({ name, revision }) => [name, revision])),
    records: new Map(
      records.map(({ file, record }) => {
        const located = locate(file.documents[0]?.contents ?? null, ['name']);
        return [record.name, positionAt(file, located ? rangeOf(located) : [0, 0])];
      }),
    ),
  };

  function isFromHere(application: Placed): boolean {
    return isOwn(String(sourcesOf(application)[0]?.source['repoURL'] ?? ''));
  }

  async function follow(objects: readonly Placed[], parent: string | undefined, depth: number): Promise<void> {
    projects.push(...ofKind(objects, 'AppProject'));
    const own = ofKind(objects, 'Application').map((placed) => ({ placed, parent }));
    for (const set of objects.filter(({ value }) => isApplicationSet(value))) {
      const expansion = expandSet(set.value, world);
      sets.push({ ...set, expansion });
      own.push(
        ...expansion.applications.map((value) => ({
          placed: fromTemplate(value, set),
          parent: set.value.metadata.name,
        })),
      );
    }
    const held = own.map(({ placed }) =>
      revisions.size > 0 && isFromHere(placed) ? heldBy(placed, revisions) : undefined,
    );
    const problems = await heldProblems(
      tree.root,
      held.filter((one) => one !== undefined),
    );
    const rendered: RenderedFolder[] = await Promise.all(
      own.map(({ placed }, index) => {
        const reason = held[index] && problems.get(heldKey(held[index]));
        if (reason === undefined) return render(placed);
        return { yields: { kind: 'failed', reason, path: ['spec', 'source', 'path'] }, children: [] };
      }),
    );
    for (const [index, { placed, parent: from }] of own.entries()) {
      const { yields, children } = rendered[index] as RenderedFolder;
      applications.push({ ...placed, yields, ...(from === undefined ? {} : { parent: from }) });
      registrations.push(...children.flatMap((child) => registrationOf(child) ?? []));
      const inner = children.filter(({ value }) => isArgo(value));
      if (inner.length > 0 && depth < MAX_DEPTH) await follow(inner, placed.value.metadata.name, depth + 1);
    }
  }
}
