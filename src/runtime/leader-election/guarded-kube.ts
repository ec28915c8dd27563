import type { KubeApi } from '../kube/kube-api.ts';
import { assertLeading, type Leadership } from './leadership.ts';

/** Kinds of which an object is created to ask something, and nothing is kept. */
const ASKING = new Set(['selfsubjectaccessreviews', 'selfsubjectrulesreviews']);

/** A KubeApi that reads always and writes only while this process leads: a write rejects with CallError NotLeading else. */
export function guardWrites(kube: KubeApi, leadership: Pick<Leadership, 'holds'>): KubeApi {
  async function guarded<T>(write: () => Promise<T>): Promise<T> {
    assertLeading(leadership);
    return write();
  }
  return {
    ...kube,
    create: (resource, namespace, body) => {
      const create = () => kube.create<typeof body>(resource, namespace, body);
      return ASKING.has(resource.plural) ? create() : guarded(create);
    },
    createSubresource: (ref, subresource, body) => guarded(() => kube.createSubresource(ref, subresource, body)),
    replace: (ref, body, options) => guarded(() => kube.replace(ref, body, options)),
    mergePatch: (ref, patch, options) => guarded(() => kube.mergePatch(ref, patch, options)),
    delete: (ref, preconditions) => guarded(() => kube.delete(ref, preconditions)),
  };
}
