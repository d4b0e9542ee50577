import { APPLICATIONS } from '../argo/applications-api.ts';
import { UserError } from '../system/user-error.ts';
import type { Applications, LiveApplication } from './remove-applications.ts';

type Kind = typeof APPLICATIONS;

/** What of the API of custom objects is used. */
export interface CustomObjects {
  listNamespacedCustomObject(kind: Kind): Promise<unknown>;
  patchNamespacedCustomObject(object: Kind & { name: string; body: object }): Promise<unknown>;
  deleteNamespacedCustomObject(object: Kind & { name: string }): Promise<unknown>;
}

/** The Applications of a live Argo CD. */
export function liveApplications(custom: CustomObjects, context: string): Applications {
  return {
    list: async () => {
      const list = await unlessMissing(custom.listNamespacedCustomObject(APPLICATIONS));
      if (list) return (list as { items: LiveApplication[] }).items;
      throw new UserError(`there is no Argo CD in the cluster of context \`${context}\``, {
        why: 'it does not know the kind Application',
        fix: 'give the context of the management cluster',
      });
    },
    setFinalizers: async (name, value) => {
      // Argo CD writes the object all the time: a patch has no version that could be out of date.
      const body = [{ op: 'add', path: '/metadata/finalizers', value }];
      await unlessMissing(custom.patchNamespacedCustomObject({ ...APPLICATIONS, name, body }));
    },
    remove: async (name) => {
      await unlessMissing(custom.deleteNamespacedCustomObject({ ...APPLICATIONS, name }));
    },
  };
}

async function unlessMissing<T>(answer: Promise<T>): Promise<T | undefined> {
  return answer.catch((error) => {
    if (error.code === 404) return undefined;
    throw error;
  });
}
