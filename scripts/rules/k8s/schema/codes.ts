import type { CodeInfo } from '../../rule.ts';

export const KIND_UNKNOWN: CodeInfo = {
  code: 'K8S001',
  slug: 'kind-unknown',
  severity: 'error',
  title: 'no schema for this apiVersion and kind',
  why:
    'The API server refuses an object of a kind or version that it does not serve, and a GitOps sync stops there. ' +
    'Where the kind exists but its schema is not at hand, nothing in the object can be checked.',
  fix:
    'Correct apiVersion or kind. For a kind of your own, render its CustomResourceDefinition with the object; for one of a published product, ' +
    'add its Go module to scripts/schemas/upstreams.ts and run `npm run schemas`.',
  bad: `
apiVersion: policy/v1beta1
kind: PodDisruptionBudget
metadata: {name: ai-scanner, namespace: ai-spm}
spec:
  minAvailable: 1
  selector: {matchLabels: {app: ai-scanner}}
`,
  good: `
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: ai-scanner, namespace: ai-spm}
spec:
  minAvailable: 1
  selector: {matchLabels: {app: ai-scanner}}
`,
};

export const FIELD_UNKNOWN: CodeInfo = {
  code: 'K8S002',
  slug: 'field-unknown',
  severity: 'error',
  title: 'field does not exist at this place',
  why:
    'A field that the schema does not have is dropped when the object is stored (or refused under strict field validation), so what it was ' +
    'meant to set stays at its default: a timeout, a label selector or a policy that is written but never in force.',
  fix: 'Correct the spelling or the place of the field, or remove it.',
  bad: `
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: ai-scanner, namespace: ai-spm}
spec:
  host: ai-scanner.ai-spm.svc.cluster.local
  portLevelSettings:
    - port: {number: 8001}
      tls: {mode: ISTIO_MUTUAL}
`,
  good: `
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: ai-scanner, namespace: ai-spm}
spec:
  host: ai-scanner.ai-spm.svc.cluster.local
  trafficPolicy:
    portLevelSettings:
      - port: {number: 8001}
        tls: {mode: ISTIO_MUTUAL}
`,
};

export const TYPE_WRONG: CodeInfo = {
  code: 'K8S003',
  slug: 'type-wrong',
  severity: 'error',
  title: 'value has the wrong type',
  why:
    'The API server cannot decode the object and refuses it whole. The usual cause is a number or true/false without quotes where text is ' +
    'wanted (environment variables, annotations), or a missing or superfluous `- `.',
  fix: 'Write the value in the type that the field has.',
  bad: `
apiVersion: v1
kind: ConfigMap
metadata: {name: ai-scanner, namespace: ai-spm}
data:
  SCAN_TIMEOUT_SECONDS: 120
`,
  good: `
apiVersion: v1
kind: ConfigMap
metadata: {name: ai-scanner, namespace: ai-spm}
data:
  SCAN_TIMEOUT_SECONDS: "120"
`,
};

export const VALUE_NOT_ALLOWED: CodeInfo = {
  code: 'K8S004',
  slug: 'value-not-allowed',
  severity: 'error',
  title: 'value is not allowed here',
  why:
    'The value has the right type but the API server refuses it: it is none of the listed values, out of range, not of the required form, or ' +
    'excluded by another field. The rules are those of the OpenAPI schema, of the CustomResourceDefinition, and of the validation code of ' +
    'Kubernetes where the schema leaves them out.',
  fix: 'Write a value that fits what the message says was expected.',
  bad: `
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {name: default, namespace: ai-spm}
spec:
  mtls: {mode: strict}
`,
  good: `
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {name: default, namespace: ai-spm}
spec:
  mtls: {mode: STRICT}
`,
};

export const FIELD_MISSING: CodeInfo = {
  code: 'K8S005',
  slug: 'field-missing',
  severity: 'error',
  title: 'required field is missing',
  why: 'The API server refuses an object without the field. A field that is null counts as not set. Patches that remove or replace too much are the usual cause.',
  fix: 'Add the field, or find the patch that removes it.',
  bad: `
apiVersion: v1
kind: Service
metadata: {name: ai-scanner, namespace: ai-spm}
spec:
  selector: {app: ai-scanner}
  ports:
    - name: http
      targetPort: 8001
`,
  good: `
apiVersion: v1
kind: Service
metadata: {name: ai-scanner, namespace: ai-spm}
spec:
  selector: {app: ai-scanner}
  ports:
    - port: 8001
`,
};

export const API_VERSION_OUTDATED: CodeInfo = {
  code: 'K8S006',
  slug: 'api-version-outdated',
  severity: 'warning',
  title: 'a newer stable version of this API exists',
  why:
    'The version is still served, but old and beta versions are removed in later releases, and the object is then refused by a cluster that ' +
    'was only upgraded. Tools that compare manifests with the cluster also see the stored version, not the one written here.',
  fix: 'Write the stable apiVersion; the finding tells which. Patches and Argo CD ignoreDifferences that name the old one must follow.',
  bad: `
apiVersion: security.istio.io/v1beta1
kind: PeerAuthentication
metadata: {name: default, namespace: ai-spm}
spec:
  mtls: {mode: STRICT}
`,
  good: `
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {name: default, namespace: ai-spm}
spec:
  mtls: {mode: STRICT}
`,
};

export const NAMESPACE_MISPLACED: CodeInfo = {
  code: 'K8S007',
  slug: 'namespace-misplaced',
  severity: 'error',
  title: 'cluster-scoped object has a namespace',
  why:
    'An object of this kind belongs to the whole cluster and the namespace is ignored. Whoever reads it takes its effect for limited to that ' +
    'namespace, and two overlays that each set their own namespace overwrite one and the same object.',
  fix: 'Remove metadata.namespace, or use the namespaced kind (Role instead of ClusterRole).',
  bad: `
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: ai-spm-reader, namespace: ai-spm}
rules:
  - apiGroups: [""]
    resources: [pods]
    verbs: [get, list]
`,
  good: `
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: ai-spm-reader, namespace: ai-spm}
rules:
  - apiGroups: [""]
    resources: [pods]
    verbs: [get, list]
`,
};

export const SCHEMA_CODES: readonly CodeInfo[] = [
  KIND_UNKNOWN,
  FIELD_UNKNOWN,
  TYPE_WRONG,
  VALUE_NOT_ALLOWED,
  FIELD_MISSING,
  API_VERSION_OUTDATED,
  NAMESPACE_MISPLACED,
];
