import { entriesOf, isPresent, recordOf, textOf } from '../fields.ts';
import { allScopes, type Control, containerScopes, type Pod, podScope, type Violation } from './pod.ts';

/** The controls of level baseline that level restricted does not tighten further. */
export const BASELINE: readonly Control[] = [
  ['HostProcess', hostProcess],
  ['Host Namespaces', hostNamespaces],
  ['Privileged Containers', privileged],
  ['Host Ports', hostPorts],
  ['Host Probes / Lifecycle Hooks', hostProbes],
  ['AppArmor', appArmor],
  ['SELinux', seLinux],
  ['/proc Mount Type', procMount],
  ['Sysctls', sysctls],
];

function hostProcess(pod: Pod): Violation[] {
  return allScopes(pod).flatMap(({ subject, context, path }) => {
    if (recordOf(context['windowsOptions'])['hostProcess'] !== true) return [];
    const message = `${subject} runs as a process of the Windows host`;
    return [{ path: [...path, 'windowsOptions', 'hostProcess'], message, fix: 'Remove `hostProcess`.' }];
  });
}

function hostNamespaces({ spec, path }: Pod): Violation[] {
  const set = ['hostNetwork', 'hostPID', 'hostIPC'].filter((field) => spec[field] === true);
  return set.map((field) => ({
    path: [...path, 'spec', field],
    message: `the pod shares the host: ${field} is true`,
    fix: `Remove \`${field}\`.`,
  }));
}

function privileged(pod: Pod): Violation[] {
  const scopes = containerScopes(pod).filter(({ context }) => context['privileged'] === true);
  return scopes.map(({ subject, path }) => {
    return { path: [...path, 'privileged'], message: `${subject} is privileged`, fix: 'Remove `privileged`.' };
  });
}

function hostPorts({ containers }: Pod): Violation[] {
  return containers.flatMap(({ name, value, path }) =>
    entriesOf(value['ports']).flatMap(({ value: port, index }) => {
      const hostPort = port['hostPort'];
      if (!isPresent(hostPort) || hostPort === 0) return [];
      const message = `container \`${name}\` binds port ${String(hostPort)} of the host`;
      return [{ path: [...path, 'ports', index, 'hostPort'], message, fix: 'Remove `hostPort` and use a Service.' }];
    }),
  );
}

const HANDLERS = [
  ['startupProbe'],
  ['readinessProbe'],
  ['livenessProbe'],
  ['lifecycle', 'postStart'],
  ['lifecycle', 'preStop'],
];

function hostProbes({ containers }: Pod): Violation[] {
  return containers.flatMap(({ name, value, path }) =>
    HANDLERS.flatMap((handler) => {
      const actions = handler.reduce((field, step) => recordOf(field[step]), value);
      return ['httpGet', 'tcpSocket'].flatMap((action) => {
        const host = recordOf(actions[action])['host'];
        if (!isPresent(host) || host === '') return [];
        const message = `${handler.at(-1)} of container \`${name}\` makes the kubelet connect to host \`${String(host)}\``;
        return [
          {
            path: [...path, ...handler, action, 'host'],
            message,
            fix: 'Remove `host`: the default is the pod itself.',
          },
        ];
      });
    }),
  );
}

const APPARMOR_ANNOTATION = 'container.apparmor.security.beta.kubernetes.io/';

function appArmor(pod: Pod): Violation[] {
  const fix = 'Use RuntimeDefault or a Localhost profile.';
  const annotations = Object.entries(pod.annotations).flatMap(([key, value]) => {
    const profile = textOf(value) ?? '';
    if (
      !key.startsWith(APPARMOR_ANNOTATION) ||
      profile === '' ||
      profile === 'runtime/default' ||
      profile.startsWith('localhost/')
    )
      return [];
    return [
      {
        path: [...pod.path, 'metadata', 'annotations', key],
        message: `annotation \`${key}\` sets AppArmor profile \`${profile}\``,
        fix,
      },
    ];
  });
  const fields = allScopes(pod).flatMap(({ subject, context, path }) => {
    if (!isPresent(context['appArmorProfile'])) return [];
    const { type } = recordOf(context['appArmorProfile']);
    if (type === 'RuntimeDefault' || type === 'Localhost') return [];
    return [
      {
        path: [...path, 'appArmorProfile', 'type'],
        message: `${subject} sets AppArmor profile type \`${String(type)}\``,
        fix,
      },
    ];
  });
  return [...annotations, ...fields];
}

const SELINUX_TYPES: readonly unknown[] = ['container_t', 'container_init_t', 'container_kvm_t', 'container_engine_t'];

function seLinux(pod: Pod): Violation[] {
  return allScopes(pod).flatMap(({ subject, context, path }) => {
    const options = recordOf(context['seLinuxOptions']);
    const isSet = (field: string) => isPresent(options[field]) && options[field] !== '';
    const fields = ['user', 'role'].filter(isSet);
    if (isSet('type') && !SELINUX_TYPES.includes(options['type'])) fields.unshift('type');
    return fields.map((field) => {
      const message = `${subject} sets SELinux ${field} \`${String(options[field])}\``;
      return { path: [...path, 'seLinuxOptions', field], message, fix: `Remove \`seLinuxOptions.${field}\`.` };
    });
  });
}

function procMount(pod: Pod): Violation[] {
  return containerScopes(pod).flatMap(({ subject, context, path }) => {
    const type = context['procMount'];
    if (!isPresent(type) || type === 'Default') return [];
    return [
      {
        path: [...path, 'procMount'],
        message: `${subject} sets procMount \`${String(type)}\``,
        fix: 'Remove `procMount`.',
      },
    ];
  });
}

/** Namespaced, and without effect on other pods of the node. */
const SAFE_SYSCTLS: ReadonlySet<unknown> = new Set([
  'kernel.shm_rmid_forced',
  'net.ipv4.ip_local_port_range',
  'net.ipv4.ip_local_reserved_ports',
  'net.ipv4.ip_unprivileged_port_start',
  'net.ipv4.ping_group_range',
  'net.ipv4.tcp_fin_timeout',
  'net.ipv4.tcp_keepalive_intvl',
  'net.ipv4.tcp_keepalive_probes',
  'net.ipv4.tcp_keepalive_time',
  'net.ipv4.tcp_rmem',
  'net.ipv4.tcp_syncookies',
  'net.ipv4.tcp_wmem',
]);

function sysctls(pod: Pod): Violation[] {
  const { context, path } = podScope(pod);
  const unsafe = entriesOf(context['sysctls']).filter(({ value }) => !SAFE_SYSCTLS.has(value['name']));
  return unsafe.map(({ value, index }) => {
    return {
      path: [...path, 'sysctls', index, 'name'],
      message: `the pod sets sysctl \`${String(value['name'])}\``,
      fix: 'Remove this sysctl.',
    };
  });
}
