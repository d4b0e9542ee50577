import type { FieldSchema } from './field-schema.ts';

/** What the API server demands of the fields of a type together, beyond its OpenAPI document; sources as in formats.ts. */
export interface TypeFact extends Pick<FieldSchema, 'required' | 'exactlyOne' | 'atMostOne' | 'anyOf'> {
  /** Fields that OpenAPI calls required and the API server fills in. */
  optional?: string[];
  /** All fields but these exclude each other. */
  atMostOneBut?: string[];
}

const NEEDS_SPEC: TypeFact = { required: ['spec'] };
const NEEDS_NAME: TypeFact = { required: ['name'] };

export const TYPE_FACTS: Readonly<Record<string, TypeFact>> = {
  'apps.v1.DaemonSet': NEEDS_SPEC,
  'apps.v1.Deployment': NEEDS_SPEC,
  'apps.v1.StatefulSet': NEEDS_SPEC,
  'autoscaling.v2.HorizontalPodAutoscaler': NEEDS_SPEC,
  'batch.v1.CronJob': NEEDS_SPEC,
  'batch.v1.Job': NEEDS_SPEC,
  'batch.v1.JobTemplateSpec': NEEDS_SPEC,
  'core.v1.PersistentVolumeClaim': NEEDS_SPEC,
  'core.v1.PodTemplateSpec': NEEDS_SPEC,
  'networking.v1.Ingress': NEEDS_SPEC,

  // validateContainerCommon, validateProbe, validateLifecycle, validateExecAction.
  'core.v1.Container': { required: ['image'] },
  'core.v1.Probe': { exactlyOne: [['exec', 'grpc', 'httpGet', 'tcpSocket']] },
  'core.v1.LifecycleHandler': { exactlyOne: [['exec', 'httpGet', 'sleep', 'tcpSocket']] },
  'core.v1.ExecAction': { required: ['command'] },
  // ValidateEnv, validateEnvVarValueFrom, ValidateEnvFrom: a patch that adds one source must remove the other.
  'core.v1.EnvVar': { atMostOne: [['value', 'valueFrom']] },
  'core.v1.EnvVarSource': {
    exactlyOne: [['configMapKeyRef', 'fieldRef', 'fileKeyRef', 'resourceFieldRef', 'secretKeyRef']],
  },
  'core.v1.EnvFromSource': { exactlyOne: [['configMapRef', 'secretRef']] },
  'core.v1.ConfigMapKeySelector': NEEDS_NAME,
  'core.v1.SecretKeySelector': NEEDS_NAME,
  'core.v1.ConfigMapEnvSource': NEEDS_NAME,
  'core.v1.SecretEnvSource': NEEDS_NAME,
  // validateVolumeSource; a volume without a source becomes an emptyDir.
  'core.v1.Volume': { atMostOneBut: ['name'] },
  'core.v1.ConfigMapVolumeSource': NEEDS_NAME,
  'core.v1.ConfigMapProjection': NEEDS_NAME,
  'core.v1.SecretProjection': NEEDS_NAME,
  'core.v1.SecretVolumeSource': { required: ['secretName'] },
  // ValidatePersistentVolumeClaimSpec.
  'core.v1.PersistentVolumeClaimSpec': { required: ['accessModes', 'resources'] },
  'core.v1.VolumeResourceRequirements': { required: ['requests'] },

  // validateMetricSpec.
  'autoscaling.v2.MetricSpec': { exactlyOne: [['containerResource', 'external', 'object', 'pods', 'resource']] },
  // ValidateNetworkPolicyPeer.
  'networking.v1.NetworkPolicyPeer': {
    atMostOne: [
      ['ipBlock', 'podSelector'],
      ['ipBlock', 'namespaceSelector'],
    ],
    anyOf: [{ required: ['ipBlock'] }, { required: ['namespaceSelector'] }, { required: ['podSelector'] }],
  },
  // validateIngressBackend.
  'networking.v1.IngressBackend': { exactlyOne: [['resource', 'service']] },
  'networking.v1.IngressServiceBackend': { required: ['port'] },
  'networking.v1.ServiceBackendPort': { exactlyOne: [['name', 'number']] },

  // ValidatePolicyRule, SetDefaults_RoleBinding, SetDefaults_ClusterRoleBinding, ValidatePriorityClass.
  'rbac.v1.PolicyRule': { anyOf: [{ required: ['nonResourceURLs'] }, { required: ['apiGroups', 'resources'] }] },
  'rbac.v1.RoleRef': { optional: ['apiGroup'] },
  'scheduling.v1.PriorityClass': { optional: ['value'] },
};

/** Format of `metadata.name` by kind, where it is not `dns-subdomain` (the Validate*Name variables beside those functions). */
export const NAME_FORMATS: Readonly<Record<string, string>> = {
  Namespace: 'dns-label',
  Service: 'dns-1035-label',
  'apps/StatefulSet': 'dns-label',
  'batch/CronJob': 'cron-job-name',
  'certificates.k8s.io/CertificateSigningRequest': 'path-segment',
  'certificates.k8s.io/ClusterTrustBundle': 'path-segment',
  'networking.k8s.io/IPAddress': 'path-segment',
  'policy/PodDisruptionBudget': 'path-segment',
  'rbac.authorization.k8s.io/ClusterRole': 'path-segment',
  'rbac.authorization.k8s.io/ClusterRoleBinding': 'path-segment',
  'rbac.authorization.k8s.io/Role': 'path-segment',
  'rbac.authorization.k8s.io/RoleBinding': 'path-segment',
};
