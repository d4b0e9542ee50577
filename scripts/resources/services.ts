import { recordOf } from './fields.ts';
import type { RenderedObject } from './kube-object.ts';
import { parseMapSelector, type Selector } from './selectors.ts';
import type { TargetIndex } from './target-index.ts';

export interface SelectingService {
  object: RenderedObject;
  namespace: string;
  selector: Selector;
  spec: Readonly<Record<string, unknown>>;
}

/** Services whose endpoints come from pods: ExternalName ignores its selector, and one without a selector gets its endpoints by hand. */
export function selectingServices(index: TargetIndex): SelectingService[] {
  return index.ofKind('', 'Service').flatMap((object) => {
    const spec = recordOf(object.value['spec']);
    const selector = parseMapSelector(spec['selector']);
    if (spec['type'] === 'ExternalName' || selector.kind === 'nothing') return [];
    return [{ object, namespace: object.ref.namespace ?? '', selector, spec }];
  });
}
