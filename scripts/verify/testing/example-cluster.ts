import { parse } from 'yaml';
import type { Example } from '../../rules/rule.ts';
import { createIntermediate, createRoot, createSelfSigned } from '../../secrets/certificates.ts';
import { remembered } from '../../system/remembered.ts';
import { temporaryTree } from '../../testing/temp-repository.ts';
import type { Connection, PodContainer } from '../connection.ts';
import type { PodPort } from '../get-in-pod.ts';
import { describeProbe, type Probe, planProbes } from '../probe-plan.ts';
import { type Promises, readPromises } from '../promises.ts';
import { verifyCluster } from '../verify-cluster.ts';
import { type LiveObject, probeCluster } from './probe-cluster.ts';

/** Code and message of all that is found in an example, with real requests. */
export async function problemsOf(example: Example): Promise<string[]> {
  if (typeof example === 'string') throw new Error('an example of a live cluster is a tree');
  const { connection, promises } = exampleCluster(example);
  const { problems } = await verifyCluster(connection, promises, { probeImage: 'curl', tell: () => {} });
  return problems.map(({ code, message }) => `${code.code} ${message}`);
}

const OBJECT = /^live\/[^/]+\.yaml$/;

/** What git says, and a cluster that holds and answers what the files under `live/` say. */
export function exampleCluster(files: Readonly<Record<string, string>>): {
  connection: Connection;
  promises: Promises;
} {
  const paths = Object.keys(files);
  const inGit = Object.fromEntries(Object.entries(files).filter(([path]) => !path.startsWith('live/')));
  const promises = readPromises(temporaryTree(inGit));
  const objects = paths.filter((path) => OBJECT.test(path)).map((path) => parse(files[path] ?? '') as LiveObject);
  const { connection } = probeCluster(send, { objects, get });
  return { connection, promises };

  function send(_: PodContainer, command: readonly string[]): string {
    return answersTo(command.at(-1) ?? '', promises, parse(files['live/requests.yaml'] ?? '{}'));
  }

  async function get({ pod, port }: PodPort, path: string): Promise<string> {
    const about = /dynamic_listeners/.test(path) ? 'listeners' : /secrets/.test(path) ? 'certificates' : path;
    const text = files[`live/answers/${pod}/${about.replace(/^\//, '')}`];
    if (text === undefined) throw new Error(`port ${port} of ${pod}: connection refused`);
    return JSON.stringify(about === 'certificates' ? await secretsDump(text) : parse(text));
  }
}

/** What curl writes: status, its exit code, the time that the callee took, the server, the length. */
const WRITTEN: Readonly<Record<string, string>> = {
  'status 200 of the callee': '200\t0\t3\tenvoy\t2',
  'status 404 of the callee': '404\t0\t3\tenvoy\t9',
  'status 403 by policy': '403\t0\t1\tenvoy\t19',
  'status 503 of the own proxy': '503\t0\t\tenvoy\t20',
  'connection reset': '000\t56\t\t\t',
};

/** Each request ends as it should, but for those that the example names. */
function answersTo(script: string, { access }: Promises, named: Readonly<Record<string, string>>): string {
  const asked = planProbes(access.edges).filter(({ id }) => script.includes(`'${id}\\t`));
  return asked
    .map((probe) => `${probe.id}\t${WRITTEN[named[describeProbe(probe).replaceAll('`', '')] ?? orderly(probe)]}`)
    .join('\n');
}

function orderly({ edge, from, onPod }: Probe): string {
  if (edge !== undefined) return 'status 200 of the callee';
  return from === 'outside' || onPod ? 'connection reset' : 'status 403 by policy';
}

interface Certificates {
  hoursLeft: number;
  rootHoursLeft?: number;
  public?: { credential: string; host: string; hoursLeft: number };
}

/** Real certificates, in Envoy's form. */
const secretsDump = remembered(async (text: string): Promise<object> => {
  const { hoursLeft, rootHoursLeft = 87_600, public: shown } = parse(text) as Certificates;
  const now = new Date();
  const root = await createRoot(now, rootHoursLeft / 24);
  const own = await createIntermediate(root, 'one', now, { days: hoursLeft / 24 });
  const chain = (name: string, pem: string) => ({
    name,
    secret: { tls_certificate: { certificate_chain: { inline_bytes: Buffer.from(pem).toString('base64') } } },
  });
  const trusted_ca = { inline_bytes: Buffer.from(root.certificate).toString('base64') };
  const configs = [
    chain('default', own.certificate),
    { name: 'ROOTCA', secret: { validation_context: { trusted_ca } } },
  ];
  if (!shown) return { configs };
  const { certificate } = await createSelfSigned(shown.host, now, shown.hoursLeft / 24);
  return { configs: [...configs, chain(`kubernetes://${shown.credential}`, certificate)] };
}, 100);
