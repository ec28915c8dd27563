import { createTurnstile, type Turnstile } from '../../http/turnstile.ts';
import type { Clock } from '../clock.ts';
import type { KubeApi, Resource } from './kube-api.ts';

/** A longer time is kept by whoever was told: elsewhere a leaked key may have to die. */
const LONGEST_MS = 10_000;

/**
 * The same API: once it has named a time with an answer about objects of a kind (429 with Retry-After), calls about that kind fail before
 * that without being made. A thousand objects that are told so do not ask a thousand times. By kind, since the API server is at times
 * not ready for one kind alone; where it has too much to do at all, each kind is refused soon.
 */
export function createPatientKube(kube: KubeApi, clock: Pick<Clock, 'monotonic'>): KubeApi {
  const turnstiles = new Map<string, Turnstile>();

  function turnstileOf({ plural }: Resource): Turnstile {
    const known = turnstiles.get(plural);
    if (known) return known;
    const made = createTurnstile(`The Kubernetes API (${plural})`, clock, LONGEST_MS);
    turnstiles.set(plural, made);
    return made;
  }

  return {
    get: (ref) => turnstileOf(ref.resource)(() => kube.get(ref)),
    list: (query) => turnstileOf(query.resource)(() => kube.list(query)),
    create: (resource, namespace, body) => turnstileOf(resource)(() => kube.create(resource, namespace, body)),
    createSubresource: (ref, subresource, body) =>
      turnstileOf(ref.resource)(() => kube.createSubresource(ref, subresource, body)),
    replace: (ref, body, options) => turnstileOf(ref.resource)(() => kube.replace(ref, body, options)),
    mergePatch: (ref, patch, options) => turnstileOf(ref.resource)(() => kube.mergePatch(ref, patch, options)),
    delete: (ref, preconditions) => turnstileOf(ref.resource)(() => kube.delete(ref, preconditions)),
    // There is one of a kind, and it waits for itself.
    watch: kube.watch,
  };
}
