/** Keys by which Kubernetes tells the elements of a list apart (patchMergeKey of the core API); the first one present counts. */
export const LIST_KEYS: readonly string[] = [
  'name',
  'mountPath',
  'devicePath',
  'containerPort',
  'port',
  'topologyKey',
  'key',
  'ip',
  'uid',
  'type',
];
