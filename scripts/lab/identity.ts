import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { runProcess } from '../system/run-process.ts';
import type { LabCluster } from './layout.ts';

/** Users of the API server that are programs of the cluster, and its administrator. */
const USERS = [
  { name: 'admin', user: 'lab-admin', groups: 'system:masters' },
  { name: 'kube-controller-manager', user: 'system:kube-controller-manager', groups: '' },
  { name: 'kube-scheduler', user: 'system:kube-scheduler', groups: '' },
  { name: 'kube-proxy', user: 'system:kube-proxy', groups: '' },
];

/** Days that the certificates of a cluster are good for: longer than any lab lives. */
const DAYS = '365';

/**
 * Writes the keys, certificates, tokens and kubeconfigs of a cluster into `<state>/pki`, unless they are there.
 * Made anew for each cluster: nothing of it is worth anything once the cluster is gone.
 */
export async function writeIdentity(cluster: LabCluster): Promise<void> {
  const folder = join(cluster.state, 'pki');
  if (existsSync(join(folder, 'admin.kubeconfig'))) return;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const openssl = async (...args: string[]) => {
    const { code, stderr } = await runProcess('openssl', args, { cwd: folder });
    if (code !== 0) throw new Error(`openssl ${args[0]} fails: ${stderr}`);
  };
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-noenc'];
  await openssl('req', '-x509', ...key, '-days', DAYS, '-subj', '/CN=lab', '-keyout', 'ca.key', '-out', 'ca.crt');
  // Serves the API, and is how the API server shows itself to the kubelet.
  const names = ['kubernetes', 'kubernetes.default', 'kubernetes.default.svc', 'kubernetes.default.svc.cluster.local'];
  const addresses = ['10.96.0.1', '127.0.0.1', cluster.nodeAddress];
  const alternatives = [...names.map((name) => `DNS:${name}`), ...addresses.map((address) => `IP:${address}`)].join();
  const subject = '/O=system:masters/CN=kube-apiserver';
  const extension = `subjectAltName=${alternatives}`;
  const issuer = ['-CA', 'ca.crt', '-CAkey', 'ca.key', '-days', DAYS];
  const files = ['-keyout', 'apiserver.key', '-out', 'apiserver.crt'];
  await openssl('req', '-x509', ...key, ...issuer, '-subj', subject, '-addext', extension, ...files);
  await openssl('genpkey', '-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048', '-out', 'service-account.key');

  const node = { name: 'kubelet', user: `system:node:${cluster.name}`, groups: 'system:nodes' };
  const users = [...USERS, node].map((user) => ({ ...user, token: randomBytes(24).toString('hex') }));
  const rows = users.map(({ token, user, groups }) => `${token},${user},${user},"${groups}"\n`);
  writeFileSync(join(folder, 'tokens.csv'), rows.join(''), { mode: 0o600 });
  for (const { name, token } of users.toReversed()) {
    writeFileSync(join(folder, `${name}.kubeconfig`), kubeconfig(cluster, join(folder, 'ca.crt'), token), {
      mode: 0o600,
    });
  }
}

function kubeconfig({ name, nodeAddress }: LabCluster, ca: string, token: string): string {
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': name,
    clusters: [{ name, cluster: { server: `https://${nodeAddress}:6443`, 'certificate-authority': ca } }],
    users: [{ name, user: { token } }],
    contexts: [{ name, context: { cluster: name, user: name } }],
  });
}
