/** Where the API of a live Argo CD has its Applications, for the client of custom objects. */
export const APPLICATIONS = { group: 'argoproj.io', version: 'v1alpha1', namespace: 'argocd', plural: 'applications' };
/** Has Argo CD look at an Application's source again. */
export const REFRESH = 'argocd.argoproj.io/refresh';
