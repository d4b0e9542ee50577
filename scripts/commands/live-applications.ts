import type { Applications, LiveApplication } from './teardown-cluster.ts';

interface Kind {
  group: string;
  version: string;
  namespace: string;
  plural: string;
}

/** What of the API of custom objects is used. */
export interface CustomObjects {
  listNamespacedCustomObject(kind: Kind): Promise<unknown>;
  patchNamespacedCustomObject(object: Kind & { name: string; body: object }): Promise<unknown>;
  deleteNamespacedCustomObject(object: Kind & { name: string }): Promise<unknown>;
}

const KIND: Kind = { group: 'argoproj.io', version: 'v1alpha1', namespace: 'argocd', plural: 'applications' };

/** The Applications of a live Argo CD. */
export function liveApplications(custom: CustomObjects): Applications {
  return {
    list: async () => ((await custom.listNamespacedCustomObject(KIND)) as { items: LiveApplication[] }).items,
    setFinalizers: async (name, value) => {
      // Argo CD writes the object all the time: a patch has no version that could be out of date.
      const body = [{ op: 'add', path: '/metadata/finalizers', value }];
      await custom.patchNamespacedCustomObject({ ...KIND, name, body });
    },
    remove: async (name) => {
      await custom.deleteNamespacedCustomObject({ ...KIND, name });
    },
  };
}
