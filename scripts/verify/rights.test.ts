import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { cluster } from './codes/healthy-cluster.ts';
import { notLookedAt } from './codes/pod-codes.ts';
import type { Connection } from './connection.ts';
import { exampleCluster } from './testing/example-cluster.ts';
import { verifyCluster } from './verify-cluster.ts';

const PAGE = readFileSync(join(__dirname, '..', '..', 'docs', 'verify.md'), 'utf8');
const KINDS: Readonly<Record<string, string>> = { Pod: 'pods', Namespace: 'namespaces', ConfigMap: 'configmaps' };
/** Methods of the client that read one object are called so. */
const VERBS: Readonly<Record<string, string>> = { read: 'get' };

/** `verb group/resource` of all that a role of the page grants. */
function granted(role: string): string[] {
  const documents = [...PAGE.matchAll(/^```yaml\n([\s\S]*?)^```$/gm)].flatMap(([, text]) => {
    return parseAllDocuments(text ?? '').map((document) => document.toJS());
  });
  const { rules } = documents.find(({ metadata }) => metadata.name === role);
  return rules.flatMap(({ apiGroups, resources, verbs }: Record<string, string[]>) =>
    verbs?.map((verb) => `${verb} ${apiGroups?.[0]}/${resources?.[0]}`),
  );
}

/** The same of all that the checks ask a cluster for. */
async function asked(files: Record<string, string>, probeImage?: string): Promise<string[]> {
  const { connection, promises } = exampleCluster(files);
  const calls = new Set<string>();
  const recording = <T extends object>(api: T) =>
    new Proxy(api, {
      get(target, name) {
        const method = Reflect.get(target, name) as (query: object) => unknown;
        return (query: { group?: string; plural?: string }) => {
          calls.add(rightOf(String(name), query));
          return method(query);
        };
      },
    });
  const recorded: Connection = {
    ...connection,
    core: recording(connection.core),
    custom: recording(connection.custom),
    // A websocket is opened by GET; from 1.35 on, `create` is asked for as well (KEP-4006).
    exec(...args) {
      calls.add('get /pods/exec').add('create /pods/exec');
      return connection.exec(...args);
    },
    get(...args) {
      calls.add('get /pods/portforward').add('create /pods/portforward');
      return connection.get(...args);
    },
  };
  await verifyCluster(recorded, promises, { probeImage, tell: () => {} });
  return [...calls];
}

function rightOf(method: string, { group = '', plural = '' }: { group?: string; plural?: string }): string {
  const [, verb = '', kind = ''] =
    /^([a-z]+)(?:Namespaced|Cluster)?([A-Za-z]+?)(?:ForAllNamespaces)?$/.exec(method) ?? [];
  return `${VERBS[verb] ?? verb} ${group}/${KINDS[kind] ?? plural}`;
}

const readRights = () => [...granted('ai-spm-verify'), ...granted('ai-spm-verify-namespace')];

it('the roles of docs/verify.md are all that is asked for, and no more', async () => {
  const broken = notLookedAt.bad as Record<string, string>;

  expect(new Set([...(await asked(cluster())), ...(await asked(broken))])).toEqual(new Set(readRights()));
});

it('the role for probes is all that they ask for beside', async () => {
  const beside = (await asked(cluster(), 'curl')).filter((right) => !readRights().includes(right));
  const inRole = granted('ai-spm-verify-probe');

  expect(beside.filter((right) => !inRole.includes(right))).toEqual([]);
  // What is there already is looked at: the namespace of a run before.
  expect(inRole.filter((right) => ![...beside, ...readRights(), 'get /namespaces'].includes(right))).toEqual([]);
});
