import type { FieldSchema } from './field-schema.ts';

/**
 * Facts that the API server checks in Go code and that its OpenAPI document leaves out, by hand. Sources are functions of k8s.io/kubernetes:
 * pkg/apis/<group>/validation/validation.go, and of k8s.io/apimachinery: pkg/util/validation/validation.go. The formats named here are
 * implemented in scripts/rules/k8s/schema/formats.ts. Only what holds on every cluster stands here: no feature gate, no admission plugin.
 */

/** IsValidPortNum. */
const PORT: FieldSchema = { minimum: 1, maximum: 65535 };
/** Zero means "none" in fields that may be left out. */
const OPTIONAL_PORT: FieldSchema = { minimum: 0, maximum: 65535 };
/** ValidatePortNumOrName. */
const PORT_OR_NAME: FieldSchema = { format: 'port-or-name' };
/** ValidateNonnegativeField. */
const NOT_NEGATIVE: FieldSchema = { minimum: 0 };
const POSITIVE: FieldSchema = { minimum: 1 };
const NOT_EMPTY: FieldSchema = { minLength: 1 };
/** ValidateDNS1123Label. */
const LABEL: FieldSchema = { format: 'dns-label' };
/** ValidatePositiveIntOrPercent. */
const INT_OR_PERCENT: FieldSchema = { format: 'int-or-percent' };
/** The names of most objects: NameIsDNSSubdomain. */
const OBJECT_NAME: FieldSchema = { format: 'dns-subdomain' };
/** IsValidPathSegmentName. */
const PATH_SEGMENT: FieldSchema = { format: 'path-segment' };
const QUALIFIED_NAME: FieldSchema = { format: 'qualified-name' };
const AT_LEAST_ONE: FieldSchema = { minItems: 1 };
/** ValidateLabels: IsQualifiedName for keys, IsValidLabelValue for values. */
const LABELS: FieldSchema = {
  propertyNames: QUALIFIED_NAME,
  additionalProperties: { format: 'label-value' },
};
/** IsConfigMapKey. */
const CONFIG_KEY: FieldSchema = { format: 'config-key' };
const CONFIG_KEYS: FieldSchema = { propertyNames: CONFIG_KEY };
/** File modes: 0 to 0777, which YAML 1.1 writes in octal and JSON in decimal. */
const MODE: FieldSchema = { minimum: 0, maximum: 0o777 };
/** IsValidUserID, IsValidGroupID. */
const ID: FieldSchema = { minimum: 0, maximum: 2147483647 };
/** ValidateWeightedPodAffinityTerms, ValidatePreferredSchedulingTerms. */
const WEIGHT: FieldSchema = { minimum: 1, maximum: 100 };
/** validateCIDR of networking; the list is the same for both fields. */
const CIDR: FieldSchema = { format: 'cidr' };
/** ValidateResourceRequirements: values are quantities of zero or more. */
const SIZES: FieldSchema = { additionalProperties: { format: 'quantity-not-negative' } };
/** validateContainerResourceName: a misspelt `memroy` is refused. */
const RESOURCES: FieldSchema = { propertyNames: { format: 'resource-name' }, ...SIZES };
/** validEnvDownwardAPIFieldPathExpressions, validVolumeDownwardAPIFieldPathExpressions. */
const OWN_FIELD: FieldSchema = {
  pattern:
    "^(metadata\\.(name|namespace|uid|labels|annotations)|metadata\\.(labels|annotations)\\['.+'\\]|spec\\.(nodeName|serviceAccountName)|status\\.(host|pod)IPs?)$",
};

/** `<definition>.<field>` -> keywords added to the field. */
export const FIELD_FACTS: Readonly<Record<string, FieldSchema>> = {
  // ValidateObjectMeta, ValidateAnnotations (which lowers the keys first), ValidateFinalizerName. The name depends on the kind: NAME_FORMATS.
  'meta.v1.ObjectMeta.namespace': LABEL,
  'meta.v1.ObjectMeta.labels': LABELS,
  'meta.v1.ObjectMeta.annotations': { propertyNames: { format: 'annotation-key' } },
  'meta.v1.ObjectMeta.finalizers': { items: QUALIFIED_NAME },
  // ValidateLabelSelector.
  'meta.v1.LabelSelector.matchLabels': LABELS,
  'meta.v1.LabelSelectorRequirement.key': QUALIFIED_NAME,
  'meta.v1.LabelSelectorRequirement.operator': { enum: ['DoesNotExist', 'Exists', 'In', 'NotIn'] },
  'meta.v1.LabelSelectorRequirement.values': { items: { format: 'label-value' } },
  'core.v1.ServiceSpec.selector': LABELS,
  'core.v1.PodSpec.nodeSelector': LABELS,

  // validateContainerCommon, ValidateContainerPorts, ValidateEnv, ValidateVolumeMounts.
  'core.v1.Container.name': LABEL,
  'core.v1.Container.image': NOT_EMPTY,
  'core.v1.EphemeralContainer.name': LABEL,
  'core.v1.ContainerPort.name': { format: 'port-name' },
  'core.v1.ContainerPort.containerPort': PORT,
  'core.v1.ContainerPort.hostPort': OPTIONAL_PORT,
  'core.v1.EnvVar.name': { format: 'env-name' },
  'core.v1.VolumeMount.mountPath': NOT_EMPTY,
  'core.v1.ResourceRequirements.limits': RESOURCES,
  'core.v1.ResourceRequirements.requests': RESOURCES,
  'core.v1.ExecAction.command': AT_LEAST_ONE,
  // validateEnvVarValueFrom, ValidateEnvFrom.
  'core.v1.ObjectFieldSelector.fieldPath': OWN_FIELD,
  'core.v1.SecretKeySelector.name': OBJECT_NAME,
  'core.v1.ConfigMapKeySelector.name': OBJECT_NAME,
  'core.v1.SecretEnvSource.name': OBJECT_NAME,
  'core.v1.ConfigMapEnvSource.name': OBJECT_NAME,
  // validateProbe, validateHTTPGetAction, validateTCPSocketAction, validateGRPCAction.
  'core.v1.Probe.initialDelaySeconds': NOT_NEGATIVE,
  'core.v1.Probe.timeoutSeconds': NOT_NEGATIVE,
  'core.v1.Probe.periodSeconds': NOT_NEGATIVE,
  'core.v1.Probe.successThreshold': NOT_NEGATIVE,
  'core.v1.Probe.failureThreshold': NOT_NEGATIVE,
  'core.v1.Probe.terminationGracePeriodSeconds': POSITIVE,
  'core.v1.HTTPGetAction.port': PORT_OR_NAME,
  'core.v1.TCPSocketAction.port': PORT_OR_NAME,
  'core.v1.GRPCAction.port': PORT,
  // ValidatePodSpec, validatePodSpecSecurityContext, ValidateSecurityContext, ValidateVolumes, validateMode, ValidateTopologySpreadConstraints.
  'core.v1.PodSpec.containers': AT_LEAST_ONE,
  'core.v1.PodSpec.serviceAccountName': OBJECT_NAME,
  'core.v1.PodSpec.activeDeadlineSeconds': POSITIVE,
  'core.v1.PodSecurityContext.runAsUser': ID,
  'core.v1.PodSecurityContext.runAsGroup': ID,
  'core.v1.PodSecurityContext.fsGroup': ID,
  'core.v1.PodSecurityContext.supplementalGroups': { items: ID },
  'core.v1.SecurityContext.runAsUser': ID,
  'core.v1.SecurityContext.runAsGroup': ID,
  'core.v1.Volume.name': LABEL,
  'core.v1.ConfigMapVolumeSource.defaultMode': MODE,
  'core.v1.SecretVolumeSource.defaultMode': MODE,
  'core.v1.ProjectedVolumeSource.defaultMode': MODE,
  'core.v1.DownwardAPIVolumeSource.defaultMode': MODE,
  'core.v1.DownwardAPIVolumeFile.mode': MODE,
  'core.v1.KeyToPath.mode': MODE,
  'core.v1.KeyToPath.key': NOT_EMPTY,
  'core.v1.KeyToPath.path': NOT_EMPTY,
  'core.v1.EmptyDirVolumeSource.sizeLimit': { format: 'quantity-not-negative' },
  'core.v1.PersistentVolumeClaimVolumeSource.claimName': NOT_EMPTY,
  'core.v1.Toleration.value': { format: 'label-value' },
  'core.v1.ConfigMapProjection.name': NOT_EMPTY,
  'core.v1.SecretProjection.name': NOT_EMPTY,
  'core.v1.PodAffinityTerm.topologyKey': QUALIFIED_NAME,
  'core.v1.TopologySpreadConstraint.topologyKey': NOT_EMPTY,
  'core.v1.WeightedPodAffinityTerm.weight': WEIGHT,
  'core.v1.PreferredSchedulingTerm.weight': WEIGHT,
  'core.v1.TopologySpreadConstraint.maxSkew': POSITIVE,
  'core.v1.TopologySpreadConstraint.minDomains': POSITIVE,

  // ValidateConfigMap, ValidateSecret, validateSecretKeySelector, validateConfigMapKeySelector.
  'core.v1.ConfigMap.data': CONFIG_KEYS,
  'core.v1.ConfigMap.binaryData': CONFIG_KEYS,
  'core.v1.Secret.data': CONFIG_KEYS,
  'core.v1.Secret.stringData': CONFIG_KEYS,
  'core.v1.SecretKeySelector.key': CONFIG_KEY,
  'core.v1.ConfigMapKeySelector.key': CONFIG_KEY,
  // validateServicePort.
  'core.v1.ServicePort.name': LABEL,
  'core.v1.ServicePort.port': PORT,
  'core.v1.ServicePort.nodePort': OPTIONAL_PORT,
  'core.v1.ServicePort.targetPort': { format: 'optional-port-or-name' },
  'core.v1.ServicePort.appProtocol': QUALIFIED_NAME,
  // ValidatePersistentVolumeClaimSpec.
  'core.v1.PersistentVolumeClaimSpec.accessModes': AT_LEAST_ONE,
  'core.v1.PersistentVolumeClaimSpec.storageClassName': OBJECT_NAME,
  'core.v1.VolumeResourceRequirements.limits': SIZES,
  'core.v1.VolumeResourceRequirements.requests': { ...SIZES, required: ['storage'] },

  // ValidateDeploymentSpec, ValidateStatefulSetSpec, ValidateDaemonSetSpec and their rolling updates.
  'apps.v1.DeploymentSpec.replicas': NOT_NEGATIVE,
  'apps.v1.DeploymentSpec.minReadySeconds': NOT_NEGATIVE,
  'apps.v1.DeploymentSpec.revisionHistoryLimit': NOT_NEGATIVE,
  'apps.v1.DeploymentSpec.progressDeadlineSeconds': NOT_NEGATIVE,
  'apps.v1.RollingUpdateDeployment.maxSurge': INT_OR_PERCENT,
  'apps.v1.RollingUpdateDeployment.maxUnavailable': INT_OR_PERCENT,
  'apps.v1.StatefulSetSpec.serviceName': LABEL,
  'apps.v1.StatefulSetSpec.replicas': NOT_NEGATIVE,
  'apps.v1.StatefulSetSpec.minReadySeconds': NOT_NEGATIVE,
  'apps.v1.RollingUpdateStatefulSetStrategy.partition': NOT_NEGATIVE,
  'apps.v1.RollingUpdateStatefulSetStrategy.maxUnavailable': INT_OR_PERCENT,
  'apps.v1.DaemonSetSpec.minReadySeconds': NOT_NEGATIVE,
  'apps.v1.DaemonSetSpec.revisionHistoryLimit': NOT_NEGATIVE,
  'apps.v1.RollingUpdateDaemonSet.maxSurge': INT_OR_PERCENT,
  'apps.v1.RollingUpdateDaemonSet.maxUnavailable': INT_OR_PERCENT,
  // ValidatePodDisruptionBudgetSpec.
  'policy.v1.PodDisruptionBudgetSpec.minAvailable': INT_OR_PERCENT,
  'policy.v1.PodDisruptionBudgetSpec.maxUnavailable': INT_OR_PERCENT,
  // validateJobSpec, validateCronJobSpec.
  'batch.v1.JobSpec.parallelism': NOT_NEGATIVE,
  'batch.v1.JobSpec.completions': NOT_NEGATIVE,
  'batch.v1.JobSpec.activeDeadlineSeconds': NOT_NEGATIVE,
  'batch.v1.JobSpec.backoffLimit': NOT_NEGATIVE,
  'batch.v1.JobSpec.ttlSecondsAfterFinished': NOT_NEGATIVE,
  'batch.v1.CronJobSpec.schedule': { format: 'cron' },
  'batch.v1.CronJobSpec.startingDeadlineSeconds': NOT_NEGATIVE,
  'batch.v1.CronJobSpec.successfulJobsHistoryLimit': NOT_NEGATIVE,
  'batch.v1.CronJobSpec.failedJobsHistoryLimit': NOT_NEGATIVE,

  // validateHorizontalPodAutoscalerSpec (zero replicas need an alpha feature gate), validateScalingRules, validateHPAScalingPolicy, validateMetricTarget.
  'autoscaling.v1.HorizontalPodAutoscalerSpec.minReplicas': POSITIVE,
  'autoscaling.v1.HorizontalPodAutoscalerSpec.maxReplicas': POSITIVE,
  'autoscaling.v2.HorizontalPodAutoscalerSpec.minReplicas': POSITIVE,
  'autoscaling.v2.HorizontalPodAutoscalerSpec.maxReplicas': POSITIVE,
  'autoscaling.v2.CrossVersionObjectReference.kind': PATH_SEGMENT,
  'autoscaling.v2.CrossVersionObjectReference.name': PATH_SEGMENT,
  'autoscaling.v2.HPAScalingRules.policies': AT_LEAST_ONE,
  'autoscaling.v2.MetricSpec.type': { enum: ['ContainerResource', 'External', 'Object', 'Pods', 'Resource'] },
  'autoscaling.v2.ResourceMetricSource.name': NOT_EMPTY,
  'autoscaling.v2.HPAScalingPolicy.type': { enum: ['Percent', 'Pods'] },
  'autoscaling.v2.HPAScalingPolicy.value': POSITIVE,
  'autoscaling.v2.HPAScalingPolicy.periodSeconds': { minimum: 1, maximum: 1800 },
  'autoscaling.v2.HPAScalingRules.stabilizationWindowSeconds': { minimum: 0, maximum: 3600 },
  'autoscaling.v2.HPAScalingRules.selectPolicy': { enum: ['Disabled', 'Max', 'Min'] },
  'autoscaling.v2.MetricTarget.type': { enum: ['AverageValue', 'Utilization', 'Value'] },
  'autoscaling.v2.MetricTarget.averageUtilization': POSITIVE,

  // ValidateNetworkPolicyPort, ValidateIPBlock, validateIngressServiceBackend.
  'networking.v1.NetworkPolicyPort.port': PORT_OR_NAME,
  'networking.v1.NetworkPolicyPort.endPort': PORT,
  'networking.v1.IPBlock.cidr': CIDR,
  'networking.v1.IPBlock.except': { items: CIDR },
  'networking.v1.HTTPIngressRuleValue.paths': AT_LEAST_ONE,
  'networking.v1.IngressServiceBackend.name': { format: 'dns-1035-label' },
  'networking.v1.ServiceBackendPort.number': PORT,

  // ValidateRoleBinding, ValidateRoleBindingSubject, ValidatePolicyRule.
  'rbac.v1.RoleRef.apiGroup': { enum: ['rbac.authorization.k8s.io'] },
  'rbac.v1.RoleRef.name': PATH_SEGMENT,
  'rbac.v1.Subject.name': NOT_EMPTY,
  'rbac.v1.RoleRef.kind': { enum: ['ClusterRole', 'Role'] },
  'rbac.v1.Subject.kind': { enum: ['Group', 'ServiceAccount', 'User'] },
  'rbac.v1.PolicyRule.verbs': AT_LEAST_ONE,
};
