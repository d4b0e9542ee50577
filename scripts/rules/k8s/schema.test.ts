import { describe, expect, it } from 'vitest';
import { type KubeObject, refOf } from '../../resources/kube-object.ts';
import { check, findings, parseObjects, validObjects } from './schema/fixture.ts';
import { schemaRule } from './schema.ts';

function valid(kind: string): KubeObject {
  const object = validObjects().find((candidate) => candidate.kind === kind);
  if (!object) throw new Error(`valid.yaml has no ${kind}`);
  return object;
}

/** The object of a kind with one field set, by a path such as `spec.ports.0.port`; `undefined` removes the field. */
function broken(kind: string, path: string, value: unknown): KubeObject {
  const object = valid(kind);
  const steps = path.split('/');
  const last = steps.pop() as string;
  const parent = steps.reduce<Record<string, unknown>>((node, step) => node[step] as Record<string, unknown>, object);
  if (value === undefined) delete parent[last];
  else parent[last] = value;
  return object;
}

function found(object: KubeObject): string[] {
  return check([object]).map(({ code, path }) => `${code} ${path}`);
}

const CONTAINER = 'spec/template/spec/containers/0';
const HTTP = 'spec/http/0';
const TRAFFIC = 'spec/trafficPolicy';

describe('a valid object', () => {
  it.each(validObjects().map((object) => [`${object.apiVersion} ${object.kind}`, object] as const))(
    '%s passes',
    (_, object) => {
      const definition = validObjects().find(
        (candidate) => candidate.kind === 'CustomResourceDefinition',
      ) as KubeObject;

      expect(check([definition, object])).toEqual([]);
    },
  );

  it('passes with all others in one target', () => {
    expect(check(validObjects())).toEqual([]);
  });
});

describe('K8S001 kind-unknown', () => {
  it.each([
    ['apps/v1', 'Deployement', '/kind', 'did you mean Deployment?'],
    ['apps/v1beta2', 'Deployment', '/apiVersion', 'gone since Kubernetes 1.16; use apps/v1'],
    ['extensions/v1beta1', 'Ingress', '/apiVersion', 'gone since Kubernetes 1.22; use networking.k8s.io/v1'],
    ['flowcontrol.apiserver.k8s.io/v1beta1', 'FlowSchema', '/apiVersion', 'use flowcontrol.apiserver.k8s.io/v1'],
    ['v1', 'Deployment', '/apiVersion', 'use apps/v1'],
    ['networking.istio.io/v1alpha1', 'Sidecar', '/apiVersion', 'use networking.istio.io/v1'],
    ['networking.itsio.io/v1', 'Sidecar', '/apiVersion', 'use networking.istio.io/v1'],
    ['argoproj.io/v1', 'ApplicationSet', '/apiVersion', 'use argoproj.io/v1alpha1'],
    ['bitnami.com/v1', 'SealedSecret', '/apiVersion', 'use bitnami.com/v1alpha1'],
  ])('%s %s is pointed at and corrected', (apiVersion, kind, path, advice) => {
    const [problem, ...others] = check([{ apiVersion, kind, metadata: { name: 'x' }, anything: true }]);

    expect(problem).toMatchObject({ code: 'K8S001', path });
    expect(problem?.message).toContain(advice);
    expect(others).toEqual([]);
  });

  it('does not take a kind of the same name in another API for a spelling mistake', () => {
    const [problem] = check([{ apiVersion: 'gateway.networking.k8s.io/v1', kind: 'Gateway', metadata: { name: 'x' } }]);

    expect(problem).toMatchObject({ code: 'K8S001', path: '/kind', fix: undefined });
    expect(problem?.message).not.toContain('istio');
  });

  it.each(['__proto__', 'constructor', 'toString'])('finds no schema under the name %s', (name) => {
    expect(found({ apiVersion: name, kind: name, metadata: { name: 'x' } })).toEqual(['K8S001 /kind']);
    expect(found({ apiVersion: `apps/${name}`, kind: 'Deployment', metadata: { name: 'x' } })).toEqual([
      'K8S001 /apiVersion',
    ]);
  });
});

describe('K8S002 field-unknown', () => {
  it.each([
    ['Deployment', 'spec/replica', 3, 'did you mean `replicas`?'],
    ['Deployment', `${CONTAINER}/imagePullPolcy`, 'Always', 'did you mean `imagePullPolicy`?'],
    ['Deployment', 'spec/containers', [], 'at `spec.template.spec.containers`'],
    ['StatefulSet', 'spec/template/spec/containers/0/ports/0/contanerPort', 1, 'did you mean `containerPort`?'],
    ['NetworkPolicy', 'spec/ingress/0/from/0/podselector', {}, 'did you mean `podSelector`?'],
    [
      'NetworkPolicy',
      'spec/ingress/0/from/0/matchLabels',
      {},
      'at `spec.ingress[0].from[0].namespaceSelector.matchLabels`',
    ],
    ['HorizontalPodAutoscaler', 'spec/targetCPUUtilizationPercentage', 80, 'unknown field'],
    ['VirtualService', `${HTTP}/retires`, {}, 'did you mean `retries`?'],
    ['VirtualService', `${HTTP}/route/0/destination/weight`, 1, 'at `spec.http[0].route[0].weight`'],
    ['DestinationRule', 'spec/portLevelSettings', [], 'at `spec.trafficPolicy.portLevelSettings`'],
    ['DestinationRule', `${TRAFFIC}/mtls`, {}, '`tls`'],
    ['AuthorizationPolicy', 'spec/rules/0/from/0/source/principal', [], 'did you mean `principals`?'],
    ['PeerAuthentication', 'spec/mtls/Mode', 'STRICT', 'did you mean `mode`?'],
    ['PeerAuthentication', 'spec/matchLabels', {}, 'at `spec.selector.matchLabels`'],
    ['Sidecar', 'spec/egress/0/host', [], 'did you mean `hosts`?'],
    ['Telemetry', 'spec/tracing/0/randomSamplingPercent', 1, 'did you mean `randomSamplingPercentage`?'],
    ['Gateway', 'spec/servers/0/credentialName', 'x', 'at `spec.servers[0].tls.credentialName`'],
    ['ServiceEntry', 'spec/host', [], 'did you mean `hosts`?'],
    ['ApplicationSet', 'spec/generators/0/matrix/generators/0/git/repoUrl', 'x', 'did you mean `repoURL`?'],
    ['Application', 'spec/syncPolicy/prune', true, 'at `spec.syncPolicy.automated.prune`'],
    ['SealedSecret', 'spec/template/labels', {}, 'at `spec.template.metadata.labels`'],
    ['Service', 'metadata/label', {}, 'did you mean `labels`?'],
    ['ConfigMap', 'spec', {}, 'unknown field `spec`; known there: apiVersion, binaryData'],
  ])('%s %s is pointed at', (kind, path, value, advice) => {
    const problems = check([broken(kind, path, value)]);

    expect(problems.map(({ code, path: at }) => `${code} ${at}`)).toEqual([`K8S002 /${path}`]);
    expect(problems[0]?.message).toContain(advice);
  });

  it.each([
    ['EnvoyFilter', 'spec/configPatches/0/patch/value/whatever'],
    ['SealedSecret', 'spec/template/metadata/whatever'],
    ['ApplicationSet', 'spec/generators/0/matrix/generators/1/list/elements/0/whatever'],
    ['PeerAuthentication', 'status'],
  ])('leaves %s %s alone, where the schema allows anything', (kind, path) => {
    expect(found(broken(kind, path, { any: 1 }))).toEqual([]);
  });
});

describe('K8S003 type-wrong', () => {
  it.each([
    ['Deployment', 'spec/replicas', '3', 'expected an integer, found the string "3"', 'Remove the quotes: 3.'],
    ['Deployment', 'spec/replicas', 1.5, 'expected an integer, found the number 1.5', undefined],
    ['Deployment', `${CONTAINER}/env/0/value`, 8001, 'expected a string, found the number 8001', 'Quote it: "8001".'],
    ['Deployment', `${CONTAINER}/command`, 'run', 'expected a list', 'Write it as a list entry: `- ` in front of it.'],
    ['Deployment', `${CONTAINER}/resources/limits/cpu`, true, 'expected a quantity such as', undefined],
    ['Deployment', 'metadata/annotations/x', true, 'expected a string, found true', 'Quote it: "true".'],
    ['Deployment', 'spec/template/spec/containers', { name: 'x' }, 'expected a list', undefined],
    ['StatefulSet', 'spec/template/spec/containers/0', null, 'found null', 'Remove the empty entry'],
    ['NetworkPolicy', 'spec/egress/1', null, 'expected an object', 'Remove the empty entry'],
    ['NetworkPolicy', 'spec/ingress/0/ports/0/port', { number: 1 }, 'expected an integer or a string', undefined],
    ['HorizontalPodAutoscaler', 'spec/maxReplicas', '8', 'expected an integer', undefined],
    ['VirtualService', `${HTTP}/timeout`, 120, 'expected a string', 'Quote it: "120".'],
    ['VirtualService', `${HTTP}/route`, { destination: {} }, 'expected a list', undefined],
    ['DestinationRule', `${TRAFFIC}/tls`, 'ISTIO_MUTUAL', 'expected an object', undefined],
    ['AuthorizationPolicy', 'spec/rules/0/to/0/operation/ports/0', 8001, 'expected a string', undefined],
    ['AuthorizationPolicy', 'spec/rules/0/from/0/source', [{}], 'expected an object', 'Remove the `- `'],
    ['PeerAuthentication', 'spec/portLevelMtls/9090', 'STRICT', 'expected an object', undefined],
    ['Sidecar', 'spec/egress/0/hosts', 'istio-system/*', 'expected a list', undefined],
    ['Telemetry', 'spec/accessLogging/0/disabled', 'false', 'expected true or false', 'Remove the quotes: false.'],
    ['Gateway', 'spec/servers/0/port/number', '443', 'expected an integer', undefined],
    ['ServiceEntry', 'spec/ports/0/number', '443', 'expected an integer', undefined],
    ['ApplicationSet', 'spec/goTemplate', 'true', 'expected true or false', undefined],
    ['SealedSecret', 'spec/encryptedData/database-password', 7, 'expected a string', undefined],
  ])('%s %s is pointed at', (kind, path, value, message, fix) => {
    const problems = check([broken(kind, path, value)]);

    expect(problems.map(({ code, path: at }) => `${code} ${at}`)).toEqual([`K8S003 /${path}`]);
    expect(problems[0]?.message).toContain(message);
    if (fix) expect(problems[0]?.fix).toContain(fix);
  });

  it('shows the beginning of a long value', () => {
    const [problem] = check([broken('Deployment', 'spec/replicas', 'x'.repeat(500))]);

    expect(problem?.message.length).toBeLessThan(150);
  });

  it('never shows a value of a Secret', () => {
    const problems = check([
      { ...valid('Secret'), data: { key: 'c2VjcmV0' }, stringData: { password: 424242 } },
      { ...valid('Secret'), data: { key: 'not-base64' } },
    ]);

    expect(problems.map(({ code, path }) => `${code} ${path}`)).toEqual([
      'K8S003 /stringData/password',
      'K8S004 /data/key',
    ]);
    expect(JSON.stringify(problems)).not.toMatch(/424242|not-base64/);
  });
});

describe('K8S004 value-not-allowed', () => {
  it.each([
    ['Deployment', 'metadata/name', 'AI_Scanner', 'lower-case'],
    ['Deployment', 'spec/replicas', -1, 'at least 0'],
    ['Deployment', 'spec/replicas', 3000000000, 'between -2147483648 and 2147483647'],
    ['Deployment', 'spec/strategy/type', 'Rolling', 'one of Recreate, RollingUpdate'],
    ['Deployment', 'spec/strategy/rollingUpdate/maxSurge', '1', 'a percentage such as 25%'],
    ['Deployment', 'spec/selector/matchExpressions/0/operator', 'Is', 'one of DoesNotExist, Exists, In, NotIn'],
    ['Deployment', 'metadata/labels/app', 'a b', 'at most 63 letters'],
    ['Deployment', `${CONTAINER}/imagePullPolicy`, 'Sometimes', 'one of Always, IfNotPresent, Never'],
    ['Deployment', `${CONTAINER}/image`, '', 'at least 1 character'],
    ['Deployment', `${CONTAINER}/ports/0/containerPort`, 65536, 'at least 1 and at most 65535'],
    ['Deployment', `${CONTAINER}/ports/0/name`, 'a-very-long-port-name', 'at most 15'],
    ['Deployment', `${CONTAINER}/readinessProbe/httpGet/port`, 0, 'port number between 1 and 65535'],
    ['Deployment', `${CONTAINER}/resources/limits/memory`, '1.5 Gi', 'quantity'],
    ['Deployment', `${CONTAINER}/resources/limits/memory`, '-1Gi', 'zero or more'],
    ['Deployment', 'spec/template/spec/volumes/2/projected/defaultMode', 644, 'at most 511'],
    ['StatefulSet', 'spec/podManagementPolicy', 'parallel', 'one of OrderedReady, Parallel'],
    ['Service', 'metadata/name', '1-scanner', 'a letter first'],
    ['Service', 'spec/type', 'Loadbalancer', 'one of ClusterIP'],
    ['NetworkPolicy', 'spec/policyTypes/0', 'ingress', 'one of Egress, Ingress'],
    ['NetworkPolicy', 'spec/egress/0/to/0/ipBlock/cidr', '10.0.0.0', 'address block'],
    [
      'HorizontalPodAutoscaler',
      'spec/metrics/0/resource/target/type',
      'utilization',
      'one of AverageValue, Utilization, Value',
    ],
    ['HorizontalPodAutoscaler', 'spec/maxReplicas', 0, 'at least 1'],
    ['VirtualService', `${HTTP}/timeout`, '120', 'a duration of at least one millisecond'],
    ['VirtualService', `${HTTP}/timeout`, '0s', 'a duration of at least one millisecond'],
    ['VirtualService', `${HTTP}/match/0/port`, -1, 'at least 0'],
    ['DestinationRule', `${TRAFFIC}/tls/mode`, 'MTLS', 'one of DISABLE, SIMPLE, MUTUAL, ISTIO_MUTUAL'],
    ['DestinationRule', `${TRAFFIC}/outlierDetection/maxEjectionPercent`, 2 ** 31, 'between'],
    ['AuthorizationPolicy', 'spec/action', 'REJECT', 'one of ALLOW, DENY, AUDIT, CUSTOM'],
    ['PeerAuthentication', 'spec/mtls/mode', 'strict', 'STRICT'],
    ['PeerAuthentication', 'spec/portLevelMtls', { http: {} }, 'port numbers between 1 and 65535 as keys'],
    ['PeerAuthentication', 'spec/portLevelMtls', {}, 'at least 1 key'],
    ['RequestAuthentication', 'spec/jwtRules/0/jwksUri', 'login.example.com/jwks', 'a URL that starts with'],
    ['Sidecar', 'spec/outboundTrafficPolicy/mode', 'ALLOW', 'one of REGISTRY_ONLY, ALLOW_ANY'],
    ['Telemetry', 'spec/tracing/0/randomSamplingPercentage', 101, 'at most 100'],
    ['Gateway', 'spec/servers/0/tls/mode', 'Simple', 'SIMPLE'],
    ['ServiceEntry', 'spec/hosts/0', '*', 'a host other than'],
    ['ServiceEntry', 'spec/resolution', 'dns', 'DNS'],
    ['ApplicationSet', 'spec/strategy/rollingSync/steps/0/maxUpdate', '', undefined],
    ['SealedSecret', 'spec/data', '***', 'base64'],
    ['ClusterRole', 'metadata/name', 'a/b', 'without `/`'],
    ['StatefulSet', 'metadata/name', 'a.b', 'lower-case'],
    ['PodDisruptionBudget', 'metadata/name', 'A', undefined],
    ['Service', 'spec/ports/0/targetPort', 0, undefined],
    ['CronJob', 'spec/schedule', '30 2 * *', 'five fields'],
    ['Deployment', 'spec/template/spec/containers', [], 'at least 1 entry'],
    ['Deployment', `${CONTAINER}/env/2/valueFrom/fieldRef/fieldPath`, 'status.podIp', 'text that matches'],
    ['NetworkPolicy', 'spec/ingress/0/from/0', {}, '`ipBlock`, or `namespaceSelector`, or `podSelector`'],
    ['ClusterRole', 'rules/0', { verbs: ['get'] }, '`nonResourceURLs`, or `apiGroups` and `resources`'],
  ])('%s %s: %j is pointed at', (kind, path, value, message) => {
    const problems = check([broken(kind, path, value)]);

    expect(problems.map(({ code, path: at }) => `${code} ${at}`)).toEqual(message ? [`K8S004 /${path}`] : []);
    if (message) expect(problems[0]?.message).toContain(message);
  });

  it.each([
    ['VirtualService', `${HTTP}/match/0/uri/exact`, '/x', '`exact`, `prefix` and `regex`'],
    ['DestinationRule', `${TRAFFIC}/loadBalancer/simple`, 'RANDOM', '`simple` and `consistentHash`'],
    [
      'AuthorizationPolicy',
      'spec/targetRefs',
      [{ kind: 'Gateway', name: 'x', group: 'gateway.networking.k8s.io' }],
      '`selector`',
    ],
    ['VirtualService', `${HTTP}/fault/delay/exponentialDelay`, '1s', '`fixedDelay`'],
    ['Deployment', `${CONTAINER}/env/1/value`, 'x', '`value` and `valueFrom`'],
    ['Deployment', `${CONTAINER}/readinessProbe/tcpSocket`, { port: 1 }, '`httpGet` and `tcpSocket`'],
    ['Deployment', 'spec/template/spec/volumes/0/emptyDir', {}, '`emptyDir` and `persistentVolumeClaim`'],
    ['NetworkPolicy', 'spec/egress/0/to/0/podSelector', {}, '`ipBlock` and `podSelector`'],
  ])('%s: %s excludes the field beside it', (kind, path, value, fields) => {
    const problems = check([broken(kind, path, value)]);

    expect(problems.map(({ code }) => code)).toEqual(['K8S004']);
    expect(problems[0]?.message).toMatch(/only one of .* may be set/);
    expect(problems[0]?.message).toContain(fields);
  });

  it('takes an empty string beside another field for not set', () => {
    expect(found(broken('Deployment', `${CONTAINER}/env/1/value`, ''))).toEqual([]);
  });

  it('points at the key of a map', () => {
    expect(found(broken('ConfigMap', 'data', { 'a b': 'x' }))).toEqual(['K8S004 /data/a b']);
    expect(found(broken('Deployment', `${CONTAINER}/resources/limits`, { memroy: '1Gi' }))).toEqual([
      `K8S004 /${CONTAINER}/resources/limits/memroy`,
    ]);
    expect(found(broken('Deployment', 'metadata/labels', { 'x/y/z': 'x' }))).toEqual([
      'K8S004 /metadata/labels/x~1y~1z',
    ]);
  });
});

describe('K8S005 field-missing', () => {
  it.each([
    ['Deployment', 'spec/selector', '/spec'],
    ['Deployment', `${CONTAINER}/name`, `/${CONTAINER}`],
    ['Deployment', `${CONTAINER}/image`, `/${CONTAINER}`],
    ['Deployment', 'metadata/name', '/metadata'],
    ['StatefulSet', 'spec/template', '/spec'],
    ['Service', 'spec/ports/1/port', '/spec/ports/1'],
    ['NetworkPolicy', 'spec/egress/0/to/0/ipBlock/cidr', '/spec/egress/0/to/0/ipBlock'],
    ['HorizontalPodAutoscaler', 'spec/scaleTargetRef', '/spec'],
    ['HorizontalPodAutoscaler', 'spec/maxReplicas', '/spec'],
    ['VirtualService', `${HTTP}/route/0/destination/host`, `/${HTTP}/route/0/destination`],
    ['DestinationRule', 'spec/subsets/0/name', '/spec/subsets/0'],
    ['AuthorizationPolicy', 'spec/rules/0/when/0/key', '/spec/rules/0/when/0'],
    ['RequestAuthentication', 'spec/jwtRules/0/fromHeaders/0/name', '/spec/jwtRules/0/fromHeaders/0'],
    ['Sidecar', 'spec/ingress/0/port', '/spec/ingress/0'],
    ['Gateway', 'spec/servers/1/hosts', '/spec/servers/1'],
    ['ServiceEntry', 'spec/hosts', '/spec'],
    ['ApplicationSet', 'spec/template/spec/project', '/spec/template/spec'],
    ['Application', 'spec/destination', '/spec'],
    ['SealedSecret', 'spec/encryptedData', '/spec'],
    ['Ring', 'spec', ''],
  ])('%s without %s is pointed at', (kind, path, parent) => {
    const definition = kind === 'Ring' ? [valid('CustomResourceDefinition')] : [];
    const problems = check([...definition, broken(kind, path, undefined)]);

    expect(problems.map(({ code, path: at }) => `${code} ${at}`)).toEqual([`K8S005 ${parent}`]);
    expect(problems[0]?.message).toContain(`\`${path.split('/').at(-1)}\` is missing`);
  });

  it('says which fields would do where one of several is required', () => {
    const [problem, ...others] = check([broken('Deployment', `${CONTAINER}/readinessProbe/httpGet`, undefined)]);

    expect(others).toEqual([]);
    expect(problem).toMatchObject({ code: 'K8S005', path: `/${CONTAINER}/readinessProbe` });
    expect(problem?.message).toContain('one of `exec`, `grpc`, `httpGet` or `tcpSocket` is required, and none is set');
  });

  it('takes null for not set: a fault in a required field, none in an optional one', () => {
    expect(found(broken('Deployment', 'spec/selector', null))).toEqual(['K8S005 /spec']);
    expect(found(broken('Deployment', 'spec/replicas', null))).toEqual([]);
    expect(found(broken('VirtualService', `${HTTP}/retries`, null))).toEqual([]);
    expect(found(broken('Deployment', 'metadata/labels/app', null))).toEqual([]);
    expect(found(broken('PeerAuthentication', 'spec/portLevelMtls/9090', null))).toEqual([
      'K8S004 /spec/portLevelMtls',
    ]);
    expect(found(broken('PeerAuthentication', 'spec/selector/matchLabels/app', null))).toEqual(['K8S004 /spec']);
  });

  it('takes an empty string for not set in optional fields of Kubernetes itself, and only there', () => {
    expect(found(broken('Deployment', `${CONTAINER}/imagePullPolicy`, ''))).toEqual([]);
    expect(found(broken('Deployment', `${CONTAINER}/name`, ''))).toEqual([`K8S004 /${CONTAINER}/name`]);
    expect(found(broken('PeerAuthentication', 'spec/mtls/mode', ''))).toEqual(['K8S004 /spec/mtls/mode']);
    expect(found(broken('Deployment', 'metadata/creationTimestamp', ''))).toEqual([
      'K8S004 /metadata/creationTimestamp',
    ]);
  });
});

describe('K8S006 api-version-outdated', () => {
  it.each([
    ['networking.istio.io/v1beta1', 'VirtualService', 'networking.istio.io/v1'],
    ['networking.istio.io/v1alpha3', 'Gateway', 'networking.istio.io/v1'],
    ['security.istio.io/v1beta1', 'AuthorizationPolicy', 'security.istio.io/v1'],
    ['telemetry.istio.io/v1alpha1', 'Telemetry', 'telemetry.istio.io/v1'],
  ])('%s %s: %s is told', (apiVersion, kind, use) => {
    const problems = check([{ ...valid(kind), apiVersion }]);

    expect(problems).toMatchObject([{ code: 'K8S006', path: '/apiVersion', fix: `Write \`apiVersion: ${use}\`.` }]);
  });

  it('reports autoscaling/v1 and what is wrong inside it', () => {
    const text = `
apiVersion: autoscaling/v1
kind: HorizontalPodAutoscaler
metadata: {name: x}
spec: {scaleTargetRef: {kind: Deployment, name: x}, maxReplicas: 2, metrics: []}`;

    expect(findings(text)).toEqual(['K8S006 /apiVersion', 'K8S002 /spec/metrics']);
  });

  it('reports a deprecated version although no stable one is there', () => {
    const text =
      '{apiVersion: certificates.k8s.io/v1alpha1, kind: ClusterTrustBundle, metadata: {name: a}, spec: {trustBundle: x}}';

    expect(findings(text)).toEqual(['K8S006 /apiVersion']);
  });

  it('says nothing of the only version that there is', () => {
    expect(found(valid('EnvoyFilter'))).toEqual([]);
    expect(found(valid('Application'))).toEqual([]);
  });
});

describe('K8S007 namespace-misplaced', () => {
  it.each(['Namespace', 'ClusterRole', 'PriorityClass', 'CustomResourceDefinition'])('%s', (kind) => {
    expect(found(broken(kind, 'metadata/namespace', 'ai-spm'))).toEqual(['K8S007 /metadata/namespace']);
  });
});

describe('a CustomResourceDefinition among the objects', () => {
  const ring = (spec: unknown, version = 'v1') => {
    const object = { apiVersion: `fleet.example.com/${version}`, kind: 'Ring', metadata: { name: 'x' }, spec };
    return check([valid('CustomResourceDefinition'), object]).map(({ code, path }) => `${code} ${path}`);
  };

  it('makes its kind known, wherever it stands', () => {
    const object = { apiVersion: 'fleet.example.com/v1', kind: 'Ring', metadata: { name: 'x' }, spec: { order: 2 } };

    expect(check([object, valid('CustomResourceDefinition')])).toEqual([]);
    expect(found(object)).toEqual(['K8S001 /kind']);
  });

  it('checks its kind against its schema', () => {
    expect(ring({ order: 1 })).toEqual(['K8S004 /spec/order']);
    expect(ring({ order: 2, clusters: [], more: 1 })).toEqual(['K8S004 /spec/clusters', 'K8S002 /spec/more']);
    expect(ring({ order: 2, clusters: ['Prod'] })).toEqual(['K8S004 /spec/clusters/0']);
    expect(ring({ order: 2, approval: {} })).toEqual(['K8S004 /spec/approval']);
    expect(ring({ order: 2, approval: { user: 'ada', group: 'sre' } })).toEqual([]);
    expect(ring({ order: 2, template: { metadata: { labels: { a: 1 } } } })).toEqual([
      'K8S003 /spec/template/metadata/labels/a',
    ]);
  });

  it('knows which versions are served, and which is the one to use', () => {
    expect(ring({ anything: true }, 'v1beta1')).toEqual(['K8S006 /apiVersion']);
    expect(ring({}, 'v1alpha1')).toEqual(['K8S001 /apiVersion']);
  });
});

describe('the rule as a whole', () => {
  it('reports every defect of an object, each once', () => {
    const text = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: x, labels: {app: 1}}
spec:
  replica: 2
  template:
    spec:
      containers:
        - {image: x, ports: [{containerPort: "80", protocol: HTTP}]}
        - {name: ok, image: x, imagePullPolicy: Nevr}`;

    expect(findings(text)).toEqual([
      'K8S003 /metadata/labels/app',
      'K8S002 /spec/replica',
      'K8S003 /spec/template/spec/containers/0/ports/0/containerPort',
      'K8S004 /spec/template/spec/containers/0/ports/0/protocol',
      'K8S005 /spec/template/spec/containers/0',
      'K8S004 /spec/template/spec/containers/1/imagePullPolicy',
      'K8S005 /spec',
    ]);
  });

  it.each(schemaRule.codes.map((code) => [code.code, code] as const))(
    '%s: its bad example is found, its good one is clean',
    (_, code) => {
      expect(findings(code.bad as string).map((finding) => finding.slice(0, 6))).toEqual([code.code]);
      expect(findings(code.good as string)).toEqual([]);
    },
  );

  it('points at the object that it was given', () => {
    const objects = parseObjects(
      '{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}\n---\n{apiVersion: v1, kind: Nothing, metadata: {name: b}}',
    ).map((value) => ({ ref: refOf(value), value }));

    const [problem] = schemaRule.check({ name: 'test', objects, complete: false });

    expect(problem?.object).toBe(objects[1]);
  });
});
