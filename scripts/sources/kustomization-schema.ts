import { z } from 'zod';

/**
 * The fields of `kind: Kustomization` and `kind: Component`, as kustomize 5 reads them (api/types/kustomization.go).
 * Strict: kustomize says nothing useful about a misspelt field in some places and nothing at all in others.
 */
const labels = z.record(z.string(), z.string());
const strings = z.array(z.string());
const selector = z.strictObject({
  group: z.string().optional(),
  version: z.string().optional(),
  kind: z.string().optional(),
  name: z.string().optional(),
  namespace: z.string().optional(),
  labelSelector: z.string().optional(),
  annotationSelector: z.string().optional(),
});
const fieldSpec = z.strictObject({
  group: z.string().optional(),
  version: z.string().optional(),
  kind: z.string().optional(),
  path: z.string(),
  create: z.boolean().optional(),
});
const generatorOptions = z.strictObject({
  labels: labels.optional(),
  annotations: labels.optional(),
  disableNameSuffixHash: z.boolean().optional(),
  immutable: z.boolean().optional(),
});
const configMap = z.strictObject({
  name: z.string(),
  namespace: z.string().optional(),
  behavior: z.enum(['create', 'replace', 'merge']).optional(),
  literals: strings.optional(),
  files: strings.optional(),
  envs: strings.optional(),
  env: z.string().optional(),
  options: generatorOptions.optional(),
});
const replacementOptions = z.strictObject({
  delimiter: z.string().optional(),
  index: z.number().optional(),
  encoding: z.string().optional(),
  create: z.boolean().optional(),
});
const replacementSelect = selector.omit({ labelSelector: true, annotationSelector: true });

export const kustomizationSchema = z.strictObject({
  apiVersion: z.enum(['kustomize.config.k8s.io/v1beta1', 'kustomize.config.k8s.io/v1alpha1']).optional(),
  kind: z.enum(['Kustomization', 'Component']).optional(),
  metadata: z.record(z.string(), z.unknown()).optional(),
  resources: strings.optional(),
  components: strings.optional(),
  namespace: z.string().optional(),
  namePrefix: z.string().optional(),
  nameSuffix: z.string().optional(),
  labels: z
    .array(
      z.strictObject({
        pairs: labels,
        includeSelectors: z.boolean().optional(),
        includeTemplates: z.boolean().optional(),
        fields: z.array(fieldSpec).optional(),
      }),
    )
    .optional(),
  commonAnnotations: labels.optional(),
  patches: z
    .array(
      z.strictObject({
        path: z.string().optional(),
        patch: z.string().optional(),
        target: selector.optional(),
        options: z.record(z.string(), z.boolean()).optional(),
      }),
    )
    .optional(),
  images: z
    .array(
      z.strictObject({
        name: z.string(),
        newName: z.string().optional(),
        newTag: z.string().optional(),
        tagSuffix: z.string().optional(),
        digest: z.string().optional(),
      }),
    )
    .optional(),
  replicas: z.array(z.strictObject({ name: z.string(), count: z.number() })).optional(),
  replacements: z
    .array(
      z.strictObject({
        path: z.string().optional(),
        source: z
          .strictObject({
            ...replacementSelect.shape,
            fieldPath: z.string().optional(),
            options: replacementOptions.optional(),
          })
          .optional(),
        sourceValue: z.string().optional(),
        targets: z
          .array(
            z.strictObject({
              select: selector,
              reject: z.array(selector).optional(),
              fieldPaths: strings.optional(),
              options: replacementOptions.optional(),
            }),
          )
          .optional(),
      }),
    )
    .optional(),
  configMapGenerator: z.array(configMap).optional(),
  secretGenerator: z.array(configMap.extend({ type: z.string().optional() })).optional(),
  generatorOptions: generatorOptions.optional(),
  crds: strings.optional(),
  configurations: strings.optional(),
  openapi: z.record(z.string(), z.string()).optional(),
  buildMetadata: z.array(z.enum(['managedByLabel', 'originAnnotations', 'transformerAnnotations'])).optional(),
  sortOptions: z
    .strictObject({
      order: z.enum(['legacy', 'fifo']).optional(),
      legacySortOptions: z.strictObject({ orderFirst: strings, orderLast: strings }).optional(),
    })
    .optional(),
});

export type Kustomization = z.infer<typeof kustomizationSchema>;
export type PatchSelector = z.infer<typeof selector>;

/** Fields that run plugins, builtin ones included: these read files and URLs that no check of the sources sees. */
export const PLUGIN_FIELDS: readonly string[] = ['generators', 'transformers', 'validators'];

/** Fields that kustomize still reads but has replaced; with what to write instead. */
export const DEPRECATED_FIELDS: Readonly<Record<string, string>> = {
  bases: '`resources`',
  commonLabels: '`labels` (commonLabels also rewrites selectors, which are immutable)',
  imageTags: '`images`',
  patchesStrategicMerge: '`patches` with `path`',
  patchesJson6902: '`patches` with `path` and `target`',
  vars: '`replacements`',
  helmCharts: 'a chart that Argo CD renders (helm needs a plugin flag in kustomize)',
  helmChartInflationGenerator: 'a chart that Argo CD renders (helm needs a plugin flag in kustomize)',
  helmGlobals: 'a chart that Argo CD renders (helm needs a plugin flag in kustomize)',
};
