import type { YamlFile } from '../yaml/yaml-file.ts';
import { accessDeclaredRule } from './acc/access-declared.ts';
import { accessGrantedRule } from './acc/access-granted.ts';
import { applicationNameRule } from './argo/application-name.ts';
import { applicationPlaceRule } from './argo/application-place.ts';
import { clusterRegistrationRule } from './argo/cluster-registration.ts';
import { defaultProjectRule } from './argo/default-project.ts';
import { deliveredSchemaRule } from './argo/delivered-schema.ts';
import { injectorRule } from './argo/injector.ts';
import { projectPermitsRule } from './argo/project-permits.ts';
import { pruneRule } from './argo/prune.ts';
import { recordDeliveredRule } from './argo/record-delivered.ts';
import { repositoryCredentialRule } from './argo/repository-credential.ts';
import { ringRule } from './argo/ring.ts';
import { setExpansionRule } from './argo/set-expansion.ts';
import { setSafetyRule } from './argo/set-safety.ts';
import { waveOrderRule } from './argo/wave-order.ts';
import { clusterWithoutRecordRule } from './gen/cluster-without-record.ts';
import { generatedRule } from './gen/generated.ts';
import { kubernetesRules } from './k8s/object-rules.ts';
import { schemaRule } from './k8s/schema.ts';
import type { CodeInfo, DeliveryRule, ObjectRule, SourceProblem, SourceRule } from './rule.ts';
import { authorityWaitsRule } from './sec/authority-waits.ts';
import { meshRootUntrustedRule } from './sec/mesh-root-untrusted.ts';
import { impossibleSealedValues, sealedValueImpossibleRule } from './sec/sealed-value-impossible.ts';
import { sealingCertificateInvalidRule } from './sec/sealing-certificate-invalid.ts';
import { secretInEnvironmentRule } from './sec/secret-in-environment.ts';
import { secretMadeTwiceRule } from './sec/secret-made-twice.ts';
import { secretPlaintextRule } from './sec/secret-plaintext.ts';
import { documentNoObjectRule, documentsWithoutObject } from './src/document-no-object.ts';
import { fileUnreadRule } from './src/file-unread.ts';
import { imageEntryUnusedRule } from './src/image-entry-unused.ts';
import { kustomizationInvalidRule } from './src/kustomization-invalid.ts';
import { patchEffectRule } from './src/patch-effect.ts';
import { renderResultRule } from './src/render-result.ts';
import { invalidYaml, yamlInvalidRule } from './src/yaml-invalid.ts';
import { yamlTrapRule, yamlTraps } from './src/yaml-trap.ts';

/** Rules over the files of the repository. To add one: write its file, list it here, run `npm run docs`. */
export const sourceRules: readonly SourceRule[] = [
  yamlInvalidRule,
  yamlTrapRule,
  kustomizationInvalidRule,
  documentNoObjectRule,
  fileUnreadRule,
  patchEffectRule,
  imageEntryUnusedRule,
  renderResultRule,
  generatedRule,
  clusterWithoutRecordRule,
  accessDeclaredRule,
  accessGrantedRule,
  repositoryCredentialRule,
  meshRootUntrustedRule,
  sealingCertificateInvalidRule,
  sealedValueImpossibleRule,
  authorityWaitsRule,
];

/** Rules over the objects of one target. */
export const objectRules: readonly ObjectRule[] = [
  schemaRule,
  ...kubernetesRules,
  secretPlaintextRule,
  secretMadeTwiceRule,
  secretInEnvironmentRule,
];

/** Rules over all that Argo CD would make. */
export const deliveryRules: readonly DeliveryRule[] = [
  setExpansionRule,
  applicationNameRule,
  projectPermitsRule,
  applicationPlaceRule,
  ringRule,
  waveOrderRule,
  setSafetyRule,
  defaultProjectRule,
  pruneRule,
  recordDeliveredRule,
  clusterRegistrationRule,
  injectorRule,
  deliveredSchemaRule,
];

/** The source rules that also hold for manifests that someone hands in. */
export const manifestRules: readonly ((files: readonly YamlFile[]) => Iterable<SourceProblem>)[] = [
  invalidYaml,
  yamlTraps,
  documentsWithoutObject,
  impossibleSealedValues,
];

export const allCodes: readonly CodeInfo[] = [...sourceRules, ...objectRules, ...deliveryRules]
  .flatMap(({ codes }) => codes)
  .toSorted((a, b) => (a.code < b.code ? -1 : 1));
