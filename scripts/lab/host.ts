import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, openSync, readdirSync, readFileSync, rmdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { identify, type ProcessIdentity, readProc, runs } from '../system/process-identity.ts';
import { runProcess } from '../system/run-process.ts';
import { UserError } from '../system/user-error.ts';
import { waitFor } from '../system/wait-for.ts';
import { writeFileAtomic } from '../system/write-file.ts';
import { BRIDGE, GIT_FOLDER, LAB, type LabCluster } from './layout.ts';

/** The process that a cluster lives and ends with. */
export type Host = ProcessIdentity;

const CGROUPS = '/sys/fs/cgroup';

/** The host of a cluster that runs, or undefined. */
export function runningHost(cluster: LabCluster): Host | undefined {
  const file = join(cluster.state, 'host.json');
  if (!existsSync(file)) return undefined;
  const host = JSON.parse(readFileSync(file, 'utf8')) as Host;
  return runs(host) ? host : undefined;
}

/**
 * Starts the host and its programs.
 * @param programs folders of the programs, for PATH
 */
export async function startHost(cluster: LabCluster, programs: readonly string[]): Promise<Host> {
  const output = openSync(join(cluster.state, 'host.log'), 'a');
  const configuration = join(LAB, 'cluster');
  const namespaces = ['--net', '--mount', '--pid', '--ipc', '--uts', '--fork', '--mount-proc'];
  const child = spawn('unshare', [...namespaces, 'bash', join(configuration, 'start-host.sh')], {
    detached: true,
    stdio: ['ignore', output, output],
    env: {
      PATH: process.env['PATH'],
      LANG: 'C.UTF-8',
      NAME: cluster.name,
      NODE_IP: cluster.nodeAddress,
      GATEWAY_IP: BRIDGE.address,
      POD_CIDR: cluster.podRange,
      PROGRAMS: programs.join(':'),
      CONFIGURATION: configuration,
      STATE: cluster.state,
      CGROUP: cluster.cgroup,
      GIT_FOLDER,
    },
  });
  child.unref();
  const host = await firstChild(child.pid ?? 0, cluster);
  writeFileAtomic(join(cluster.state, 'host.json'), JSON.stringify(host));
  return host;
}

/** Joins the host to the bridge, unless it is. */
export async function linkHost(cluster: LabCluster, host: Host): Promise<void> {
  const link = `/sys/class/net/${cluster.link}`;
  // The link of an earlier host goes a moment after it, and its name with it.
  const { stdout } = await runProcess('nsenter', [...insideHost(host), 'ls', '/sys/class/net']);
  if (!existsSync(link) || !stdout.includes('eth0')) {
    await waitFor(
      () => ip('link', 'add', cluster.link, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', `${host.pid}`),
      {
        what: `the link to ${cluster.name}`,
        timeoutMs: 10_000,
        fix: `ip link show ${cluster.link} says what has its name`,
        isHopeless: () => (runs(host) ? undefined : hostEnded(cluster)),
      },
    );
  }
  await ip('link', 'set', cluster.link, 'master', BRIDGE.name, 'up');
}

/** The arguments of `nsenter` that run a command inside the host. */
export function insideHost({ pid }: Host): string[] {
  return ['--target', `${pid}`, '--net', '--mount', '--pid', '--ipc', '--uts', '--cgroup', '--'];
}

/**
 * Ends every process of the cluster, and with the last one its mounts and links; removes its cgroups. Goes by the cgroup, which holds
 * exactly what the lab started, also where an earlier start was cut off.
 */
export async function stopHost(cluster: LabCluster): Promise<void> {
  for (const hierarchy of hierarchies()) {
    const group = join(hierarchy, cluster.cgroup);
    const empty = async () => {
      const pids = processesIn(group);
      for (const pid of pids) kill(pid);
      return pids.length === 0 ? true : undefined;
    };
    const waiting = { timeoutMs: 60_000, everyMs: 50, fix: `cat ${group}/cgroup.procs lists them` };
    await waitFor(empty, { ...waiting, what: `the end of the processes of ${cluster.name}` });
    await removeCgroup(group);
    removeEmpty(join(group, '..'));
  }
  // It would go with the network namespace, which the kernel may take a minute to clear up.
  if (existsSync(`/sys/class/net/${cluster.link}`))
    await ip('link', 'delete', cluster.link).catch(ignoreGone(cluster.link));
}

/** The kernel may be faster. */
function ignoreGone(link: string) {
  return (error: Error) => {
    if (existsSync(`/sys/class/net/${link}`)) throw error;
    return true;
  };
}

export async function makeBridge(): Promise<void> {
  if (existsSync(`/sys/class/net/${BRIDGE.name}`)) return;
  await ip('link', 'add', BRIDGE.name, 'type', 'bridge');
  await ip('address', 'add', `${BRIDGE.address}/${BRIDGE.prefix}`, 'dev', BRIDGE.name);
  await ip('link', 'set', BRIDGE.name, 'up');
}

export async function removeBridge(): Promise<void> {
  if (existsSync(`/sys/class/net/${BRIDGE.name}`)) await ip('link', 'delete', BRIDGE.name);
}

async function ip(...args: string[]): Promise<true> {
  const { code, stderr } = await runProcess('ip', args);
  if (code !== 0) throw new Error(`ip ${args.join(' ')} fails: ${stderr}`);
  return true;
}

/** `unshare` makes one child, in the new process namespace. */
async function firstChild(pid: number, cluster: LabCluster): Promise<Host> {
  for (let tries = 0; tries < 200 && identify(pid); tries++) {
    const [child] = (readProc(`${pid}/task/${pid}/children`) ?? '').split(' ').filter(Boolean);
    // Not before it is in the cgroup of the cluster.
    const host = identify(Number(child));
    if (host && readProc(`${child}/cmdline`)?.includes('/host.sh')) return host;
    await sleep(50);
  }
  throw hostEnded(cluster);
}

/** With the end of what it has said. */
export function hostEnded(cluster: LabCluster): UserError {
  const log = join(cluster.state, 'host.log');
  return new UserError(`the host of ${cluster.name} has ended`, {
    why: readFileSync(log, 'utf8').trim().split('\n').slice(-10).join('\n'),
    fix: `the lab needs root with all rights to make namespaces; its log is ${log}`,
  });
}

/** One of version 2, or one for each controller of version 1. */
function hierarchies(): string[] {
  if (existsSync(join(CGROUPS, 'cgroup.controllers'))) return [CGROUPS];
  return existsSync(CGROUPS) ? readdirSync(CGROUPS).map((name) => join(CGROUPS, name)) : [];
}

/** Processes of a cgroup and of those below it. */
function processesIn(group: string): number[] {
  if (!existsSync(group)) return [];
  const below = readdirSync(group, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const own = readFileSync(join(group, 'cgroup.procs'), 'utf8').split('\n').filter(Boolean).map(Number);
  return [...own, ...below.flatMap(({ name }) => processesIn(join(group, name)))];
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** A cgroup goes once its last process is reaped. */
async function removeCgroup(path: string): Promise<void> {
  if (!existsSync(path)) return;
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    if (entry.isDirectory()) await removeCgroup(join(path, entry.name));
  }
  for (let tries = 0; tries < 100; tries++) {
    try {
      return rmdirSync(path);
    } catch {
      await sleep(50);
    }
  }
  rmdirSync(path);
}

function removeEmpty(path: string): void {
  try {
    rmdirSync(path);
  } catch {
    // Another cluster is in it, or it is not there.
  }
}

/** Makes or removes the folder that a cluster writes to. */
export function makeState(cluster: LabCluster): void {
  mkdirSync(cluster.state, { recursive: true, mode: 0o755 });
}

/** @throws UserError where something is still mounted below it, which would be emptied too */
export function removeState(folder: string): void {
  const mounts = readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[1] ?? '');
  const below = mounts.filter((mount) => mount.startsWith(`${folder}/`));
  if (below.length > 0)
    throw new UserError(`${below[0]} is still mounted`, { fix: `umount it, then run the command again` });
  rmSync(folder, { recursive: true, force: true });
}
