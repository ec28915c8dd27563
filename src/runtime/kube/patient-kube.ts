import { createTurnstile, type Turnstile } from '../../http/turnstile.ts';
import type { Clock } from '../clock.ts';
import type { KubeApi, Resource } from './kube-api.ts';

/** A longer time is kept by whoever was told: elsewhere a leaked key may have to die. */
const LONGEST_MS = 10_000;
/** Places that are remembered; where there are more, all are forgotten, which costs a request each. */
const MAX_PLACES = 1_000;

/**
 * The same API: once it has named a time with an answer about objects of a kind in a namespace (429 with Retry-After), calls about that kind
 * there fail before that without being made. A thousand objects that are told so do not ask a thousand times. By kind, since the API server
 * is at times not ready for one kind alone, and by namespace, since its webhooks and quotas refuse what others may; where it has too much
 * to do at all, each of them is refused soon.
 */
export function createPatientKube(kube: KubeApi, clock: Pick<Clock, 'monotonic'>): KubeApi {
  const turnstiles = new Map<string, Turnstile>();

  function turnstileOf({ plural }: Resource, namespace: string | undefined): Turnstile {
    const place = namespace === undefined ? plural : `${plural} in ${namespace}`;
    const known = turnstiles.get(place);
    if (known) return known;
    if (turnstiles.size >= MAX_PLACES) turnstiles.clear();
    const made = createTurnstile(`The Kubernetes API (${place})`, clock, LONGEST_MS);
    turnstiles.set(place, made);
    return made;
  }

  return {
    get: (ref) => turnstileOf(ref.resource, ref.namespace)(() => kube.get(ref)),
    list: (query) => turnstileOf(query.resource, query.namespace)(() => kube.list(query)),
    create: (resource, namespace, body) =>
      turnstileOf(resource, namespace)(() => kube.create(resource, namespace, body)),
    createSubresource: (ref, subresource, body) =>
      turnstileOf(ref.resource, ref.namespace)(() => kube.createSubresource(ref, subresource, body)),
    replace: (ref, body, options) => turnstileOf(ref.resource, ref.namespace)(() => kube.replace(ref, body, options)),
    mergePatch: (ref, patch, options) =>
      turnstileOf(ref.resource, ref.namespace)(() => kube.mergePatch(ref, patch, options)),
    delete: (ref, preconditions) => turnstileOf(ref.resource, ref.namespace)(() => kube.delete(ref, preconditions)),
    // There is one of a kind, and it waits for itself.
    watch: kube.watch,
  };
}
