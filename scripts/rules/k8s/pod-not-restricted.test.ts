import { describe, expect, it } from 'vitest';
import { DEPLOYMENT, edit } from './example.ts';
import { podNotRestrictedRule } from './pod-not-restricted.ts';
import { reportOf, withField } from './rule-testing.ts';

const SPEC = ['spec', 'template', 'spec'];
const CONTAINER = [...SPEC, 'containers', 0];
const POD = [...SPEC, 'securityContext'];
const CONTEXT = [...CONTAINER, 'securityContext'];
const secure = { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } };

/** Paths below the pod spec, with the control in brackets. */
function report(path: readonly (string | number)[], value: unknown, text = DEPLOYMENT): string[] {
  return reportOf(podNotRestrictedRule, withField(text, path, value), false).map(
    ({ path: at, message }) => `${at.replace('/spec/template', '')} ${message.slice(message.lastIndexOf('('))}`,
  );
}

describe('pod-not-restricted', () => {
  it.each([
    [
      'HostProcess',
      [...POD, 'windowsOptions'],
      { hostProcess: true },
      '/spec/securityContext/windowsOptions/hostProcess',
    ],
    ['Host Namespaces', [...SPEC, 'hostNetwork'], true, '/spec/hostNetwork'],
    ['Host Namespaces', [...SPEC, 'hostPID'], true, '/spec/hostPID'],
    ['Host Namespaces', [...SPEC, 'hostIPC'], true, '/spec/hostIPC'],
    ['Privileged Containers', [...CONTEXT, 'privileged'], true, '/spec/containers/0/securityContext/privileged'],
    [
      'Capabilities',
      [...CONTEXT, 'capabilities', 'add'],
      ['NET_ADMIN'],
      '/spec/containers/0/securityContext/capabilities/add',
    ],
    [
      'Capabilities',
      [...CONTEXT, 'capabilities', 'drop'],
      ['NET_RAW'],
      '/spec/containers/0/securityContext/capabilities/drop',
    ],
    ['Capabilities', [...CONTEXT, 'capabilities'], null, '/spec/containers/0/securityContext'],
    ['Volume Types', [...SPEC, 'volumes'], [{ name: 'v', hostPath: { path: '/' } }], '/spec/volumes/0/hostPath'],
    ['Volume Types', [...SPEC, 'volumes'], [{ name: 'v', nfs: { server: 's' } }], '/spec/volumes/0/nfs'],
    ['Host Ports', [...CONTAINER, 'ports', 0, 'hostPort'], 80, '/spec/containers/0/ports/0/hostPort'],
    [
      'Host Probes / Lifecycle Hooks',
      [...CONTAINER, 'livenessProbe', 'httpGet', 'host'],
      '10.0.0.1',
      '/spec/containers/0/livenessProbe/httpGet/host',
    ],
    [
      'Host Probes / Lifecycle Hooks',
      [...CONTAINER, 'lifecycle'],
      { preStop: { tcpSocket: { host: 'h' } } },
      '/spec/containers/0/lifecycle/preStop/tcpSocket/host',
    ],
    ['AppArmor', [...POD, 'appArmorProfile'], { type: 'Unconfined' }, '/spec/securityContext/appArmorProfile/type'],
    [
      'SELinux',
      [...CONTEXT, 'seLinuxOptions'],
      { type: 'spc_t' },
      '/spec/containers/0/securityContext/seLinuxOptions/type',
    ],
    ['SELinux', [...POD, 'seLinuxOptions'], { role: 'r' }, '/spec/securityContext/seLinuxOptions/role'],
    ['/proc Mount Type', [...CONTEXT, 'procMount'], 'Unmasked', '/spec/containers/0/securityContext/procMount'],
    [
      'Sysctls',
      [...POD, 'sysctls'],
      [{ name: 'net.ipv4.tcp_rmem' }, { name: 'kernel.msgmax' }],
      '/spec/securityContext/sysctls/1/name',
    ],
    [
      'Privilege Escalation',
      [...CONTEXT, 'allowPrivilegeEscalation'],
      true,
      '/spec/containers/0/securityContext/allowPrivilegeEscalation',
    ],
    ['Privilege Escalation', [...CONTEXT, 'allowPrivilegeEscalation'], null, '/spec/containers/0/securityContext'],
    ['Running as Non-root', [...POD, 'runAsNonRoot'], false, '/spec/securityContext/runAsNonRoot'],
    ['Running as Non-root', [...POD, 'runAsNonRoot'], null, '/spec/securityContext'],
    ['Running as Non-root', [...CONTEXT, 'runAsNonRoot'], false, '/spec/containers/0/securityContext/runAsNonRoot'],
    ['Running as Non-root user', [...POD, 'runAsUser'], 0, '/spec/securityContext/runAsUser'],
    ['Seccomp', [...POD, 'seccompProfile', 'type'], 'Unconfined', '/spec/securityContext/seccompProfile/type'],
    ['Seccomp', [...POD, 'seccompProfile'], null, '/spec/securityContext'],
    [
      'Seccomp',
      [...CONTEXT, 'seccompProfile'],
      { type: 'Unconfined' },
      '/spec/containers/0/securityContext/seccompProfile/type',
    ],
  ])('%s: %j', (control, path, value, at) => {
    expect(report(path, value)).toEqual([`${at} (${control})`]);
  });

  it('reads the AppArmor annotation that came before the field', () => {
    const annotate = (profile: string) =>
      report(['spec', 'template', 'metadata', 'annotations'], {
        'container.apparmor.security.beta.kubernetes.io/a': profile,
      });
    expect(annotate('unconfined')).toEqual([
      '/metadata/annotations/container.apparmor.security.beta.kubernetes.io~1a (AppArmor)',
    ]);
    expect([annotate('runtime/default'), annotate('localhost/x'), annotate('')]).toEqual([[], [], []]);
  });

  it.each([
    [
      'the one capability that may be added',
      [...CONTEXT, 'capabilities'],
      { drop: ['ALL'], add: ['NET_BIND_SERVICE'] },
    ],
    ['a volume without a source, which becomes an emptyDir', [...SPEC, 'volumes'], [{ name: 'v' }]],
    [
      'all volume types that hold nothing of the node',
      [...SPEC, 'volumes'],
      [
        { name: 'a', csi: {} },
        { name: 'b', ephemeral: {} },
        { name: 'c', image: {} },
        { name: 'd', projected: {} },
      ],
    ],
    ['a Localhost profile', [...CONTEXT, 'seccompProfile'], { type: 'Localhost', localhostProfile: 'p' }],
    ['user namespaces', [...SPEC, 'hostUsers'], false],
    ['SELinux types of containers', [...POD, 'seLinuxOptions'], { type: 'container_engine_t', level: 's0' }],
    ['host port 0', [...CONTAINER, 'ports', 0, 'hostPort'], 0],
  ])('accepts %s', (_, path, value) => {
    expect(report(path, value)).toEqual([]);
  });

  it.each(['initContainers', 'ephemeralContainers'])('holds for %s', (list) => {
    expect(report([...SPEC, list], [{ name: 'x' }])).toEqual([
      `/spec/${list}/0 (Privilege Escalation)`,
      `/spec/${list}/0 (Capabilities)`,
    ]);
    expect(report([...SPEC, list], [{ name: 'x', securityContext: secure }])).toEqual([]);
  });

  it('lets containers speak for themselves where the pod is silent, each one', () => {
    const own = { ...secure, runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } };
    const silentPod = edit(DEPLOYMENT, {
      '        runAsNonRoot: true\n        seccompProfile:\n          type: RuntimeDefault\n': '        fsGroup: 1\n',
    });
    expect(report(CONTEXT, own, silentPod)).toEqual([]);
    const other = [{ name: 'x', securityContext: secure }];
    expect(report([...SPEC, 'initContainers'], other, silentPod)).toEqual([
      '/spec/securityContext (Running as Non-root)',
      '/spec/securityContext (Seccomp)',
    ]);
  });

  it('asks of Windows pods only what Windows has', () => {
    const windows = edit(DEPLOYMENT, {
      '      containers:': '      os: {name: windows}\n      containers:',
      '        seccompProfile:\n          type: RuntimeDefault\n': '',
    });
    expect(report(CONTEXT, null, windows)).toEqual([]);
    expect(report([...POD, 'runAsNonRoot'], null, windows)).toHaveLength(1);
  });

  it.each([
    ['batch/v1', 'Job', 'spec:\n  template:'],
    ['batch/v1', 'CronJob', 'spec:\n  jobTemplate: {spec: {template: {spec: {containers: [{name: x}]}}}}\n  template:'],
  ])('holds for %s %s', (apiVersion, kind, spec) => {
    const manifest = `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: x}\n${spec} {spec: {containers: [{name: x}]}}\n`;
    expect(reportOf(podNotRestrictedRule, manifest)).toHaveLength(4);
  });
});
