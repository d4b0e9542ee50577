import { recordOf, textOf, textsOf } from '../resources/fields.ts';
import type { FieldPath, KubeObject } from '../resources/kube-object.ts';
import { isRecord } from '../resources/value.ts';
import { fillTemplate } from './application-template.ts';
import { ExpansionError, within } from './expansion-error.ts';
import type { GeneratorContext, World } from './generators/generator.ts';
import { generate } from './generators/generators.ts';
import type { GoMap } from './go-template/value.ts';
import { renderStrings, renderText } from './render-strings.ts';
import { applyTemplatePatch } from './template-patch.ts';

/** Argo CD deletes what an Application has made before it lets the Application go. */
export const RESOURCES_FINALIZER = 'resources-finalizer.argocd.argoproj.io';
/** A fleet of 1,000 clusters with seven Applications each stays under it. */
const MAX_APPLICATIONS = 100_000;

export interface SetExpansion {
  applications: KubeObject[];
  /** Why there are none. Argo CD makes all Applications of a set or none. */
  error?: ExpansionError;
}

/** The Applications that Argo CD would make of an ApplicationSet. */
export function expandSet(set: KubeObject, world: World): SetExpansion {
  try {
    return { applications: applicationsOf(set, world) };
  } catch (error) {
    if (error instanceof ExpansionError) return { applications: [], error };
    throw error;
  }
}

function applicationsOf(set: KubeObject, world: World): KubeObject[] {
  const spec = recordOf(set['spec']);
  const context: GeneratorContext = {
    world,
    goTemplate: spec['goTemplate'] === true,
    options: textsOf(spec['goTemplateOptions']),
  };
  const entries: unknown[] = Array.isArray(spec['generators']) ? spec['generators'] : [];
  const applications: KubeObject[] = [];
  for (const [index, entry] of entries.entries()) {
    const path = ['spec', 'generators', index];
    for (const { kind, parameters } of within(path, () => generate(entry, context))) {
      const own = recordOf(recordOf(entry)[kind])['template'];
      const template = fillTemplate(own, spec['template']);
      const at: FieldPath = own === undefined ? ['spec', 'template'] : [...path, kind, 'template'];
      for (const each of parameters) {
        if (applications.length >= MAX_APPLICATIONS)
          throw new ExpansionError('unsupported', `more than ${MAX_APPLICATIONS} Applications`, path);
        applications.push(applicationOf(set, template, at, each, context));
      }
    }
  }
  return applications;
}

function applicationOf(
  set: KubeObject,
  template: unknown,
  at: FieldPath,
  parameters: GoMap,
  context: GeneratorContext,
): KubeObject {
  const spec = recordOf(set['spec']);
  const { metadata, spec: wanted } = recordOf(template);
  const plain: Record<string, unknown> = { metadata: metadata ?? {}, spec: wanted ?? {} };
  const rendered = parameters.size > 0 ? recordOf(within(at, () => renderStrings(plain, parameters, context))) : plain;
  // Without parameters nothing is rendered, and nothing is added.
  const finished = parameters.size > 0 ? withFinalizer(rendered, spec) : rendered;
  const patch = textOf(spec['templatePatch']);
  const patched =
    patch === undefined
      ? finished
      : within(['spec', 'templatePatch'], () => applyTemplatePatch(finished, renderText(patch, parameters, context)));
  const { namespace } = set.metadata;
  const name = recordOf(patched['metadata'])['name'];
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    ...patched,
    metadata: {
      ...recordOf(patched['metadata']),
      name: typeof name === 'string' ? name : '',
      ...(namespace ? { namespace } : {}),
    },
  } as KubeObject;
}

/** Added unless the template has finalizers of its own, or what is deployed shall outlive the set. */
function withFinalizer(application: Record<string, unknown>, spec: Record<string, unknown>): Record<string, unknown> {
  const metadata = recordOf(application['metadata']);
  const isPreserved = recordOf(spec['syncPolicy'])['preserveResourcesOnDeletion'] === true;
  const { finalizers } = metadata;
  if (isPreserved || (Array.isArray(finalizers) && finalizers.length > 0)) return application;
  return { ...application, metadata: { ...metadata, finalizers: [RESOURCES_FINALIZER] } };
}

export function isApplicationSet(value: unknown): value is KubeObject {
  return (
    isRecord(value) && value['kind'] === 'ApplicationSet' && String(value['apiVersion']).startsWith('argoproj.io/')
  );
}
