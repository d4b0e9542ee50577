import { PassThrough } from 'node:stream';
import {
  AppsV1Api,
  CoreV1Api,
  CustomObjectsApi,
  Exec,
  PortForward,
  type V1Pod,
  type V1Status,
} from '@kubernetes/client-node';
import { shellWord } from '../system/shell-word.ts';
import { UserError } from '../system/user-error.ts';
import { getInPod, type PodPort } from './get-in-pod.ts';
import { ANSWER_MS, kubeconfigFor } from './kubeconfig.ts';

/** Each answer of an Envoy is some hundred kilobytes that a proxy puts together beside the requests of users: not all at the same time. */
export const PODS_AT_ONCE = 6;

/** One live cluster. */
export interface Connection {
  context: string;
  /** How a person asks the same cluster: `kubectl` with the options that were given here. */
  kubectl: string;
  apps: AppsV1Api;
  core: CoreV1Api;
  custom: CustomObjectsApi;
  /**
   * Runs a command in a container, for two minutes at most unless more are given. @returns stdout.
   * @throws Error with stderr when its exit code is not 0, and when nobody says how it ended
   */
  exec(pod: PodContainer, command: readonly string[], timeoutMs?: number): Promise<string>;
  /**
   * Asks an HTTP server inside of a pod, for half a minute at most unless more is given. @returns the body
   * @throws Error where it gives none, or another status than 200
   */
  get(at: PodPort, path: string, timeoutMs?: number): Promise<string>;
}

export interface PodContainer {
  namespace: string;
  pod: string;
  container: string;
}

/**
 * @param kubeconfig a file; where undefined, $KUBECONFIG or ~/.kube/config as kubectl has it
 * @throws UserError when it is none, or has no such context
 */
export function connect(context: string, kubeconfig?: string): Connection {
  const config = kubeconfigFor(context, kubeconfig);
  const exec = new Exec(config);
  const forward = new PortForward(config);
  return {
    context,
    kubectl: [
      'kubectl',
      ...(kubeconfig ? [`--kubeconfig ${shellWord(kubeconfig)}`] : []),
      `--context ${shellWord(context)}`,
    ].join(' '),
    apps: config.makeApiClient(AppsV1Api),
    core: config.makeApiClient(CoreV1Api),
    custom: config.makeApiClient(CustomObjectsApi),
    exec: (pod, command, timeoutMs = 120_000) => execute(exec, pod, command, timeoutMs),
    get: (at, path, timeoutMs = 30_000) => getInPod(forward, at, path, timeoutMs),
  };
}

/** @throws UserError where nothing answers at the address of the cluster, what answers is none, or it does not let the user in */
export async function checkReachable(connection: Connection): Promise<void> {
  const answer = await connection.core.listNamespace({ limit: 1 }).catch((cause: unknown) => {
    throw unreachable(connection, cause);
  });
  // Of any other JSON the client library makes a list without a kind, or nothing.
  if ((answer as typeof answer | null)?.kind === 'NamespaceList') return;
  throw noKubernetes(connection, 'it does not answer with the list of namespaces that it is asked for');
}

function unreachable(connection: Connection, cause: unknown): UserError {
  const { context, kubectl } = connection;
  const { code, message = String(cause), name } = cause as { code?: number | string; message?: string; name?: string };
  const refusal = (what: string, why: string) =>
    new UserError(`the cluster of context \`${context}\` ${what}`, { why, fix: tryIt(kubectl), cause });
  if (code === 401 || code === 403) {
    return refusal(
      `lets nobody in with these credentials (${code})`,
      'the check lists namespaces, pods and Istio objects',
    );
  }
  if (typeof code === 'number') {
    const said = statusMessage(cause as object);
    return said !== undefined || code === 429 || code >= 500
      ? refusal(`answers ${code}`, said ?? 'it does not say why, as an API server does: a proxy may stand before it')
      : noKubernetes(connection, `it answers ${code}`, cause);
  }
  if (name === 'SyntaxError' || NOT_JSON.test(message)) return noKubernetes(connection, 'its answer is no JSON', cause);
  return refusal('does not answer', name === 'AbortError' ? `nothing came within ${ANSWER_MS / 1000} s` : message);
}

/** What the client library says of an answer that is text. */
const NOT_JSON = /^Cannot parse content|mediaType/;

function noKubernetes({ context, kubectl }: Connection, why: string, cause?: unknown): UserError {
  const what = `what answers at the address of context \`${context}\` is no Kubernetes API`;
  return new UserError(what, { why, fix: tryIt(kubectl), cause });
}

function tryIt(kubectl: string): string {
  return `try: ${kubectl} get namespaces`;
}

/** What an API server says in the Status with which it refuses; `undefined` where an answer is no Status. */
export function statusMessage({ body }: { body?: unknown }): string | undefined {
  const status = typeof body === 'string' ? parsed(body) : body;
  const { message } = (status ?? {}) as { message?: unknown };
  return typeof message === 'string' ? message : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * Name of its record, as the cluster has it: contexts may be called otherwise.
 * @throws UserError where it has none
 */
export async function clusterNameOf({ core, context }: Connection): Promise<string> {
  const { data } = await core.readNamespacedConfigMap({ namespace: 'ai-spm', name: 'cluster-info' }).catch((cause) => {
    throw new UserError(`the cluster of context \`${context}\` does not say which it is`, {
      why: `ConfigMap ai-spm/cluster-info cannot be read (${cause.code ?? cause.message})`,
      fix: 'it comes with the workloads: is their Argo CD application synced?',
      cause,
    });
  });
  const name = data?.['name'] ?? '';
  // Files are named by it.
  if (/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(name)) return name;
  throw new UserError(`the cluster of context \`${context}\` does not say which it is`, {
    why: `\`name\` of ConfigMap ai-spm/cluster-info is ${JSON.stringify(name)}, which is no name of a record`,
    fix: 'it comes with the workloads: is their Argo CD application synced?',
  });
}

/**
 * The same name, for a cluster that may have nothing yet.
 * @returns `undefined` where it does not say
 */
export async function knownClusterName({ core }: Connection): Promise<string | undefined> {
  const place = { namespace: 'ai-spm', name: 'cluster-info' };
  const found = await core.readNamespacedConfigMap(place).catch((cause: { code?: number }) => {
    if (cause.code === 404) return undefined;
    throw cause;
  });
  return found?.data?.['name'];
}

/** Replicas that run, of every revision. */
export async function istiods({ core }: Connection): Promise<V1Pod[]> {
  const running = { labelSelector: 'app=istiod', fieldSelector: 'status.phase=Running' };
  return (await core.listNamespacedPod({ namespace: 'istio-system', ...running })).items;
}

/** @returns stdout, once the server has said that the command succeeded: a connection that ends or hangs before has shown nothing */
function execute(
  exec: Exec,
  { namespace, pod, container }: PodContainer,
  command: readonly string[],
  timeoutMs: number,
): Promise<string> {
  const output = collector();
  const errors = collector();
  const where = `${command[0]} in ${namespace}/${pod}`;
  return new Promise((resolve, reject) => {
    let close = () => {};
    // Not unref'ed: Node would end with a promise open, as if all were well.
    let timer = setTimeout(() => end(new Error(`${where} does not end within ${timeoutMs / 1000} s`)), timeoutMs);
    const end = (result: string | Error) => {
      clearTimeout(timer);
      close();
      if (result instanceof Error) reject(result);
      else resolve(result);
    };
    const onStatus = ({ status, message }: V1Status) => {
      if (status === 'Success') end(output.text());
      else end(new Error(`${where} fails: ${errors.text().trim() || message}`));
    };
    exec.exec(namespace, pod, container, [...command], output.stream, errors.stream, null, false, onStatus).then(
      (socket) => {
        close = () => socket.close();
        socket.on('error', end);
        // A connection that breaks brings no status.
        socket.on('close', () => {
          clearTimeout(timer);
          timer = setTimeout(() => end(new Error(`${where}: the connection ended before the command did`)), 1000);
        });
      },
      (cause) => end(new Error(`${where}: ${cause.message ?? cause}`, { cause })),
    );
  });
}

function collector(): { stream: PassThrough; text(): string } {
  const chunks: Buffer[] = [];
  const stream = new PassThrough();
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  return { stream, text: () => Buffer.concat(chunks).toString('utf8') };
}
