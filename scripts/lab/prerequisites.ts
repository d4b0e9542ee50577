import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { UserError } from '../system/user-error.ts';

/** Programs that the lab runs, and the Debian package of each. */
const COMMANDS: Readonly<Record<string, string>> = {
  containerd: 'containerd',
  conntrack: 'conntrack',
  git: 'git',
  ip: 'iproute2',
  iptables: 'iptables',
  mmdebstrap: 'mmdebstrap',
  nft: 'nftables',
  nsenter: 'util-linux',
  openssl: 'openssl',
  pgrep: 'procps',
  runc: 'runc',
  sysctl: 'procps',
};

/** @throws UserError that names everything that is missing, and how to get it */
export function checkPrerequisites(): void {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw unusable('it is not an x86-64 Linux', 'use such a machine, or a virtual one');
  }
  requireRoot();
  const { packages, others } = missingPrograms(process.env['PATH'] ?? '');
  if (!existsSync('/usr/lib/cni/ptp')) packages.push('containernetworking-plugins');
  if (packages.length === 0 && others.length === 0) return;
  throw new UserError(`the lab needs programs that are not on this machine: ${[...packages, ...others].join(', ')}`, {
    fix: [
      ...(packages.length > 0 ? [`apt-get install --no-install-recommends ${packages.join(' ')}`] : []),
      ...(others.length > 0
        ? [`install ${others.join(', ')} (Go 1.26, kubectl 1.32, Python 3 with pip, or later)`]
        : []),
    ].join('\n'),
  });
}

/**
 * @param path folders, as in PATH
 * @returns Debian packages, and programs that Debian has not or not in the version that is needed
 */
export function missingPrograms(path: string): { packages: string[]; others: string[] } {
  const isMissing = (command: string) => !isOnPath(command, path);
  const packages = Object.entries(COMMANDS).flatMap(([command, name]) => (isMissing(command) ? [name] : []));
  const others = ['go', 'kubectl', 'python3'].filter(isMissing);
  // Envoy comes from a Python package; Debian has the one without the other.
  if (!others.includes('python3') && !hasPip(path)) packages.push('python3-pip');
  return { packages: [...new Set(packages)], others };
}

function hasPip(path: string): boolean {
  return spawnSync('python3', ['-m', 'pip', '--version'], { env: { PATH: path }, stdio: 'ignore' }).status === 0;
}

/** @throws UserError for any other user */
export function requireRoot(): void {
  if (process.getuid?.() !== 0) throw unusable('the command was not started as root', 'run it with sudo');
}

/** `fs.inotify.max_user_instances` that 90 pods with proxies need; the usual 128 are used up by about 45. */
export const INOTIFY = { path: '/proc/sys/fs/inotify/max_user_instances', wanted: 8192 } as const;

export function inotifyInstances(): number {
  return Number(readFileSync(INOTIFY.path, 'utf8'));
}

function unusable(what: string, fix: string): UserError {
  return new UserError(`the lab cannot run on this machine: ${what}`, {
    why: 'a cluster is made of Linux namespaces and cgroups, and of programs built for x86-64',
    fix,
  });
}

function isOnPath(command: string, path: string): boolean {
  return path.split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, command), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
