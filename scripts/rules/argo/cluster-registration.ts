import type { Delivery } from '../../argo/delivery.ts';
import { type ClusterRegistration, clearText, normalizedServer } from '../../argo/registration.ts';
import { nearest } from '../../resources/nearest.ts';
import { didYouMean } from '../../yaml/schema-words.ts';
import { RECORD, recordTree } from '../gen/example-tree.ts';
import type { CodeInfo, DeliveryRule, SourceProblem } from '../rule.ts';
import { application, argoTree } from './example.ts';

const CONFIG = '{"bearerToken":"{{ .token }}","tlsClientConfig":{"caData":"LS0t"}}';
const registration = (name: string, labels = '', config = CONFIG) => `apiVersion: bitnami.com/v1alpha1
kind: SealedSecret
metadata: { name: cluster-${name}, namespace: argocd }
spec:
  encryptedData: { token: AgBy }
  template:
    metadata: { labels: { argocd.argoproj.io/secret-type: cluster${labels} } }
    data:
      name: ${name}
      server: https://${name}.k8s.example.com
      config: '${config}'
`;
const withRecord = (text: string, records: Record<string, string> = {}) => ({
  ...argoTree({ 'cluster.yaml': text, 'other.yaml': application('other') }),
  ...recordTree(RECORD),
  ...records,
});
const SECOND = RECORD.replace('name: demo', 'name: two').replace('demo.example.com', 'two.example.com');

const differs: CodeInfo = {
  code: 'ARGO020',
  slug: 'registration-differs',
  severity: 'error',
  title: 'a cluster is registered with Argo CD otherwise than its record says',
  why: 'Applications go to the name of a record, and generators read the labels of the Secret: another name deploys nothing, another ring or region deploys what is meant for others, and one server under two names gets both. Of two clusters of one name Argo CD takes neither.',
  fix: 'Write `name` and `server`, and the labels ai-spm.io/ring, region, network and overlay where they are used, as the record has them.',
  bad: withRecord(registration('dmeo')),
  good: withRecord(registration('demo')),
};

const missing: CodeInfo = {
  code: 'ARGO021',
  slug: 'record-not-registered',
  severity: 'warning',
  title: 'a cluster has a record and no registration, where others have one',
  why: 'Until somebody registers it by hand, Argo CD refuses every Application of the cluster.',
  fix: 'Add its SealedSecret or ExternalSecret beside the others.',
  bad: withRecord(registration('demo'), { 'clusters/two/cluster.yaml': SECOND }),
  good: withRecord(registration('demo')),
};

const insecure: CodeInfo = {
  code: 'ARGO022',
  slug: 'registration-insecure',
  severity: 'error',
  title: 'a registration shows a credential, or trusts any server',
  why: 'The template of a sealed or external secret is readable in git: a token in it opens the cluster to every reader. With `insecure` whoever answers at the address gets the token of Argo CD.',
  fix: 'Seal the value and name it as `{{ .token }}`, or let Argo CD use the identity of its workload (`awsAuthConfig`, `execProviderConfig`); give `caData` instead of `insecure`.',
  bad: withRecord(registration('demo', '', '{"bearerToken":"abc","tlsClientConfig":{"caData":"LS0t"}}')),
  good: withRecord(registration('demo')),
};

const FACTS = ['network', 'overlay', 'region', 'ring'] as const;
const CREDENTIAL = /"(bearerToken|password|keyData)"\s*:\s*"(?!\s*\{\{)[^"]+"/;
const INSECURE = /"insecure"\s*:\s*true/;

/** The Secrets of clusters that git makes, beside the records. */
export const clusterRegistrationRule: DeliveryRule = {
  codes: [differs, missing, insecure],
  *check({ registrations, records, facts }: Delivery): Generator<SourceProblem> {
    const servers = new Map<string, string>();
    const names = new Map<string, string>();
    for (const one of registrations) {
      const { placed, at } = one;
      const own = placed.value.metadata.name;
      const place = (...path: string[]) => placed.placeOf([...at, ...path]);
      const config = String(one.data['config'] ?? '');
      const shown = CREDENTIAL.exec(config);
      if (shown)
        yield { code: insecure, source: place('data', 'config'), message: `\`${own}\` holds ${shown[1]} in the clear` };
      if (INSECURE.test(config))
        yield {
          code: insecure,
          source: place('data', 'config'),
          message: `\`${own}\` does not check who the server is`,
        };
      const name = clearText(one, 'name');
      const server = clearText(one, 'server');
      for (const [field, value, seen] of [
        ['server', server && normalizedServer(server), servers],
        ['name', name, names],
      ] as const) {
        if (value === undefined) continue;
        const other = seen.get(value);
        const message = `\`${own}\` registers ${field} ${value}, and so does \`${other}\``;
        if (other !== undefined) yield { code: differs, source: place('data', field), message };
        seen.set(value, own);
      }
      if (!facts) continue;
      if (name === undefined) {
        yield {
          code: differs,
          source: place('data'),
          message: `\`${own}\` does not say in the clear which cluster it registers`,
        };
      } else if (facts.has(name)) {
        const record = facts.get(name) ?? {};
        yield* otherFacts(one, record);
        const { apiServer } = record;
        if (
          server !== undefined &&
          typeof apiServer === 'string' &&
          normalizedServer(server) !== normalizedServer(apiServer)
        ) {
          const message = `server is ${server}, and ${apiServer} (\`apiServer\`) in the record`;
          yield { code: differs, source: place('data', 'server'), message };
        }
      } else {
        const message = `\`${own}\` registers \`${name}\`, which has no record${didYouMean(nearest(name, facts.keys(), 2))}`;
        yield { code: differs, source: place('data', 'name'), message };
      }
    }
    if (![...records.keys()].some((name) => names.has(name))) return;
    for (const [name, source] of records)
      if (!names.has(name)) yield { code: missing, source, message: `\`${name}\` is not registered` };
  },
};

function* otherFacts(one: ClusterRegistration, record: Readonly<Record<string, unknown>>): Generator<SourceProblem> {
  for (const fact of FACTS) {
    const label = `ai-spm.io/${fact}`;
    const value = one.labels[label];
    if (value === undefined || value === record[fact]) continue;
    const source = one.placed.placeOf([...one.at, 'metadata', 'labels', label]);
    yield {
      code: differs,
      source,
      message: `${fact} is \`${String(value)}\`, and \`${String(record[fact])}\` in the record`,
    };
  }
}
