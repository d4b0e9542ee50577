import { expect, it } from 'vitest';
import { manifestDelivery } from '../../argo/manifest-delivery.ts';
import { parseYaml } from '../../yaml/yaml-file.ts';
import { clusterRegistrationRule } from './cluster-registration.ts';

const registration = (own: string, name: string, server: string) => `apiVersion: bitnami.com/v1alpha1
kind: SealedSecret
metadata: { name: ${own}, namespace: argocd }
spec:
  encryptedData: {}
  template:
    metadata: { labels: { argocd.argoproj.io/secret-type: cluster } }
    data: { name: ${name}, server: "${server}", config: '{"tlsClientConfig":{"caData":"LS0t"}}' }
`;

function messages(texts: readonly string[], records: Readonly<Record<string, Record<string, unknown>>>): string[] {
  const delivery = manifestDelivery([parseYaml('clusters.yaml', texts.join('---\n'))], true);
  const facts = new Map(Object.entries(records));
  return [...clusterRegistrationRule.check({ ...delivery, facts })].map(({ message }) => message);
}

it('has the server that the record names, however it is written', () => {
  const record = { demo: { apiServer: 'https://k8s.example.com' } };
  for (const server of ['https://k8s.example.com', 'https://K8S.example.com:443/'])
    expect(messages([registration('one', 'demo', server)], record)).toEqual([]);
  for (const server of ['https://k8s.example.org', 'https://k8s.example.com:6443', 'https://k8s.example.com/two'])
    expect(messages([registration('one', 'demo', server)], record)).toEqual([
      `server is ${server}, and https://k8s.example.com (\`apiServer\`) in the record`,
    ]);
  expect(messages([registration('one', 'demo', 'https://k8s.example.org')], { demo: {} })).toEqual([]);
});

it('registers no name and no server twice', () => {
  const facts = { demo: {}, two: {} };
  const first = registration('one', 'demo', 'https://a.example.com');
  expect(messages([first, registration('other', 'two', 'https://b.example.com')], facts)).toEqual([]);
  expect(messages([first, registration('other', 'two', 'https://a.example.com:443')], facts)).toEqual([
    '`other` registers server https://a.example.com, and so does `one`',
  ]);
  expect(messages([first, registration('other', 'demo', 'https://b.example.com')], facts)).toEqual([
    '`other` registers name demo, and so does `one`',
  ]);
});
