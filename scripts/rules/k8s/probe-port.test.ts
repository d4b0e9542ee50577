import { describe, expect, it } from 'vitest';
import { DEPLOYMENT } from './example.ts';
import { probePortRule } from './probe-port.ts';
import { reportOf, withField } from './rule-testing.ts';

const SPEC = ['spec', 'template', 'spec'];
const CONTAINER = [...SPEC, 'containers', 0];
const report = (path: readonly (string | number)[], value: unknown) =>
  reportOf(probePortRule, withField(DEPLOYMENT, path, value), false);

describe('probe-port', () => {
  it.each([
    ['startupProbe', 'httpGet'],
    ['readinessProbe', 'tcpSocket'],
    ['livenessProbe', 'httpGet'],
  ])('checks %s with %s', (probe, action) => {
    expect(report([...CONTAINER, probe], { [action]: { port: 'web' } }).map(({ path }) => path)).toEqual([
      `/spec/template/spec/containers/0/${probe}/${action}/port`,
    ]);
    expect(report([...CONTAINER, probe], { [action]: { port: 'http' } })).toEqual([]);
    expect(report([...CONTAINER, probe], { [action]: { port: 8080 } })).toEqual([]);
  });

  it.each(['postStart', 'preStop'])('checks the %s hook', (hook) => {
    expect(report([...CONTAINER, 'lifecycle'], { [hook]: { httpGet: { port: 'web' } } })).toHaveLength(1);
    expect(report([...CONTAINER, 'lifecycle'], { [hook]: { sleep: { seconds: 5 } } })).toEqual([]);
  });

  it('looks in the same container only, as the kubelet does', () => {
    const sidecar = [{ name: 'proxy', restartPolicy: 'Always', readinessProbe: { httpGet: { port: 'http' } } }];
    expect(report([...SPEC, 'initContainers'], sidecar)[0]?.message).toBe(
      'readinessProbe of container `proxy` in Deployment `api-gateway` names port `http`; it names no ports',
    );
  });

  it('tells a number in quotes from a name', () => {
    expect(report([...CONTAINER, 'livenessProbe'], { httpGet: { port: '5000' } })[0]?.message).toContain(
      'without quotes',
    );
  });
});
