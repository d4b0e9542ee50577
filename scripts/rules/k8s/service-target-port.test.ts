import { describe, expect, it } from 'vitest';
import { DEPLOYMENT, edit, stream } from './example.ts';
import { reportOf } from './rule-testing.ts';
import { serviceTargetPortRule } from './service-target-port.ts';

const service = (ports: string) => `apiVersion: v1
kind: Service
metadata: {name: web, namespace: ai-spm}
spec: {selector: {app.kubernetes.io/name: api-gateway}, ports: [${ports}]}
`;
const paths = (ports: string, ...pods: string[]) =>
  reportOf(serviceTargetPortRule, stream(...(pods.length > 0 ? pods : [DEPLOYMENT]), service(ports)), false).map(
    ({ path }) => path,
  );

const sidecar = edit(DEPLOYMENT, {
  '      containers:':
    '      initContainers:\n        - name: proxy\n          restartPolicy: Always\n          ports: [{name: admin, containerPort: 15000}]\n      containers:',
});
const noPorts = edit(DEPLOYMENT, {
  '          ports:\n            - name: http\n              containerPort: 5000\n': '',
});
const canary = edit(DEPLOYMENT, {
  'name: api-gateway': 'name: canary',
  'name: http\n              containerPort: 5000': 'name: next\n              containerPort: 5001',
});

describe('service-target-port', () => {
  it.each([
    ['a number that is declared', '{port: 80, targetPort: 5000}'],
    ['no targetPort and a port that is declared', '{port: 5000}'],
    ['the protocol that both have by default', '{port: 80, targetPort: http, protocol: TCP}'],
  ])('accepts %s', (_, ports) => {
    expect(paths(ports)).toEqual([]);
  });

  it.each([
    ['a number that is not declared', '{port: 80, targetPort: 8080}', '/spec/ports/0/targetPort'],
    ['no targetPort and a port that is not declared', '{port: 80}', '/spec/ports/0/port'],
    ['the right name with another protocol', '{port: 80, targetPort: http, protocol: UDP}', '/spec/ports/0/targetPort'],
    ['a number in quotes, which is a name', '{port: 80, targetPort: "5000"}', '/spec/ports/0/targetPort'],
    ['the second port only', '{port: 80, targetPort: http}, {port: 81, targetPort: web}', '/spec/ports/1/targetPort'],
  ])('reports %s', (_, ports, path) => {
    expect(paths(ports)).toEqual([path]);
  });

  it('counts the ports of sidecars, and not of init containers that are gone by then', () => {
    expect(paths('{port: 80, targetPort: admin}', sidecar)).toEqual([]);
    expect(
      paths('{port: 80, targetPort: admin}', edit(sidecar, { '          restartPolicy: Always\n': '' })),
    ).toHaveLength(1);
  });

  it('believes any number where containers declare no ports, but no name', () => {
    expect(paths('{port: 80, targetPort: 8080}', noPorts)).toEqual([]);
    expect(paths('{port: 80, targetPort: http}', noPorts)).toHaveLength(1);
  });

  it('is satisfied when one of the selected workloads declares the port', () => {
    expect(paths('{port: 80, targetPort: http}', DEPLOYMENT, canary)).toEqual([]);
    expect(paths('{port: 80, targetPort: web}', DEPLOYMENT, canary)).toHaveLength(1);
  });

  it('says nothing about a Service whose pods are not here', () => {
    expect(paths('{port: 80, targetPort: web}', edit(DEPLOYMENT, { 'namespace: ai-spm': 'namespace: other' }))).toEqual(
      [],
    );
  });
});
