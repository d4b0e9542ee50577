import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { database } from '../rotate/kinds/database.ts';
import { session } from '../rotate/kinds/session.ts';
import { readRotationFile, rotationPath, rotationText } from '../rotate/rotation-file.ts';
import { rotationTree, stepped } from '../rotate/testing/rotation-tree.ts';
import { openSourceTree, overlayTree } from '../system/source-tree.ts';
import { copyOfRepository, ROOT, runCli } from '../testing/repository-copy.ts';
import { consumerPatches, consumersIn } from './consumers.ts';
import { toRecordSource } from './generated-file.ts';

const CLUSTER = 'prod-eu';
const FOLDER = `clusters/${CLUSTER}`;

it('finds every variable that base takes from the first Secret, but for the superuser of the database', () => {
  const found = consumersIn(openSourceTree(ROOT)).flatMap(({ kind, name, containers }) =>
    containers.flatMap(({ name: container, variables }) =>
      variables.map((variable) => `${kind}/${name} ${container} ${variable.name} ${variable.key}`),
    ),
  );

  expect(found).toEqual([
    'Deployment/ai-scanner ai-scanner DATABASE_URL database-url',
    'Deployment/api-gateway api-gateway DATABASE_URL database-url',
    'Deployment/api-gateway api-gateway SESSION_SECRET session-secret',
    'Deployment/compliance-engine compliance-engine DATABASE_URL database-url',
    'Deployment/data-integrity data-integrity DATABASE_URL database-url',
    'Deployment/wiz-integration wiz-integration DATABASE_URL database-url',
    'Deployment/wiz-integration wiz-integration WIZ_CLIENT_ID wiz-client-id',
    'Deployment/wiz-integration wiz-integration WIZ_CLIENT_SECRET wiz-client-secret',
  ]);
});

it('changes nothing until something was rotated', () => {
  const tree = openSourceTree(ROOT);

  expect(consumerPatches(consumersIn(tree), readRotationFile(overlayTree(tree, new Map()), 'none').inUse)).toEqual([]);
});

it('kustomize leads every container to the Secret in use, a canary too, and the repository is right with it', async () => {
  const { tree: first } = await rotationTree(new Date());
  const record = `${first.read(`${FOLDER}/cluster.yaml`)}components: [canary]\n`;
  let tree = overlayTree(first, new Map([[`${FOLDER}/cluster.yaml`, record]]));
  tree = await stepped(await stepped(tree, database), database);
  tree = await stepped(tree, session);
  const root = copyOfRepository();
  for (const path of tree.list(FOLDER)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), tree.read(path) ?? '');
  }

  const rendered = parseAllDocuments(runCli(root, ['render', FOLDER]).stdout).map((document) => document.toJS());
  const variables = rendered
    .filter((object) => object?.kind === 'Deployment')
    .flatMap(({ metadata, spec }) =>
      (spec.template.spec.containers[0].env ?? []).map((one: { name: string; valueFrom: { secretKeyRef: object } }) => [
        `${metadata.name} ${one.name}`,
        Object.values(one.valueFrom.secretKeyRef).map(String).sort().join(' '),
      ]),
    );
  const url = 'ai-spm-database-2 database-url';
  expect(Object.fromEntries(variables)).toEqual({
    'ai-scanner DATABASE_URL': url,
    'ai-scanner-canary DATABASE_URL': url,
    'api-gateway DATABASE_URL': url,
    'api-gateway SESSION_SECRET': 'ai-spm-secrets session-secret',
    'api-gateway SESSION_SECRET_ACCEPTED': 'ai-spm-session-3 session-secret',
    'compliance-engine DATABASE_URL': url,
    'data-integrity DATABASE_URL': url,
    'wiz-integration DATABASE_URL': url,
    'wiz-integration WIZ_CLIENT_ID': 'ai-spm-secrets true wiz-client-id',
    'wiz-integration WIZ_CLIENT_SECRET': 'ai-spm-secrets true wiz-client-secret',
  });
  expect(runCli(root, ['validate', '--quiet', '--fail-on', 'warning'])).toMatchObject({ code: 0, stdout: '' });
});

it('a place in such a patch is that of the field in rotation.yaml', async () => {
  const { tree: first } = await rotationTree(new Date());
  const tree = await stepped(first, session);
  const file = `${FOLDER}/kustomization.yaml`;
  const line = (tree.read(file) ?? '').split('\n').findIndex((text) => text.includes('name: ai-spm-session-2')) + 1;
  const rotation = tree.read(rotationPath(CLUSTER)) ?? '';
  const wanted = rotation.split('\n').findIndex((text) => text.includes('accepted: ai-spm-session-2')) + 1;

  expect([line > 0, wanted > 0]).toEqual([true, true]);
  expect(toRecordSource(tree, { file, line, column: 25 })).toMatchObject({ file: rotationPath(CLUSTER), line: wanted });
  expect(rotationText(readRotationFile(tree, CLUSTER))).toBe(rotation);
});
