import { expect, it } from 'vitest';
import { cluster } from './codes/healthy-cluster.ts';
import { problemsOf } from './testing/example-cluster.ts';

const POD = 'pod istio-ingress/istio-ingressgateway-1';
const showing = (fields: string) =>
  problemsOf(cluster({ 'live/answers/istio-ingressgateway-1/certificates': `hoursLeft: 12\n${fields}` }));
const shown = (host: string, days: number) =>
  showing(`public: { credential: web-tls, host: "${host}", hoursLeft: ${days * 24} }\n`);

it('a certificate that ends within two weeks is a problem, and none of the certificates of the mesh', async () => {
  expect(await shown('web.example.com', 13)).toEqual([
    expect.stringMatching(/^MESH109 pod \S+ shows a certificate for web\.example\.com that ends 20/),
  ]);
  // As long as the certificates of an authority without a person in between live.
  expect(await shown('web.example.com', 15)).toEqual([]);
});

it('says which name it has instead', async () => {
  expect(await shown('old.example.com', 90)).toEqual([
    `MESH109 ${POD} shows a certificate for DNS:old.example.com, not for web.example.com`,
  ]);
  expect(await shown('*.web.example.com', 90)).toHaveLength(1);
});

it('says when it has none', async () => {
  expect(await showing('')).toEqual([
    `MESH109 ${POD} has no certificate for web.example.com: Secret web-tls has not come to it`,
  ]);
});

it('its own certificate of the mesh is judged as that of every proxy', async () => {
  const certificates = `hoursLeft: 0.5\npublic: { credential: web-tls, host: web.example.com, hoursLeft: 2000 }\n`;

  expect(await problemsOf(cluster({ 'live/answers/istio-ingressgateway-1/certificates': certificates }))).toEqual([
    expect.stringMatching(`^MESH103 ${POD} has a certificate that ends`),
  ]);
});

it('a root that ends within a month is a problem of each proxy that trusts it', async () => {
  const certificates = 'hoursLeft: 12\nrootHoursLeft: 700\n';

  expect(await problemsOf(cluster({ 'live/answers/api-1/certificates': certificates }))).toEqual([
    expect.stringMatching(/^MESH103 pod ai-spm\/api-1 trusts an issuer or root that ends/),
  ]);
});
