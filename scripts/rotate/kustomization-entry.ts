import { isSeq, parseDocument, YAMLSeq } from 'yaml';

const EMPTY = 'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: []\n';

/** A kustomization.yaml that lists a resource too; what else is in it stays as it is, comments included. */
export function withResource(text: string | undefined, entry: string): string {
  const document = parseDocument(text ?? EMPTY);
  const resources = document.get('resources');
  const list = isSeq(resources) ? resources : new YAMLSeq();
  if (list.toJSON().includes(entry)) return text ?? EMPTY;
  list.add(document.createNode(entry));
  list.flow = false;
  document.set('resources', list);
  return document.toString({ lineWidth: 0 });
}

/** @returns it without the resource; `undefined` where no other is left, since kustomize refuses that */
export function withoutResource(text: string | undefined, entry: string): string | undefined {
  const document = parseDocument(text ?? EMPTY);
  const resources = document.get('resources');
  if (!isSeq(resources)) return text;
  const index = (resources.toJSON() as unknown[]).indexOf(entry);
  if (index < 0) return text;
  resources.delete(index);
  return resources.items.length > 0 ? document.toString({ lineWidth: 0 }) : undefined;
}
