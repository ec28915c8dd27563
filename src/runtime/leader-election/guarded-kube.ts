import type { KubeApi } from '../kube/kube-api.ts';
import { assertLeading, type Leadership } from './leadership.ts';

/** A KubeApi that reads always and writes only while this process leads: a write rejects with CallError NotLeading else. */
export function guardWrites(kube: KubeApi, leadership: Pick<Leadership, 'holds'>): KubeApi {
  async function guarded<T>(write: () => Promise<T>): Promise<T> {
    assertLeading(leadership);
    return write();
  }
  return {
    ...kube,
    create: (resource, namespace, body) => guarded(() => kube.create(resource, namespace, body)),
    createSubresource: (ref, subresource, body) => guarded(() => kube.createSubresource(ref, subresource, body)),
    replace: (ref, body, options) => guarded(() => kube.replace(ref, body, options)),
    mergePatch: (ref, patch, options) => guarded(() => kube.mergePatch(ref, patch, options)),
    delete: (ref, preconditions) => guarded(() => kube.delete(ref, preconditions)),
  };
}
