import { asObject, dig, entries, type Json, type JsonObject } from '../json.ts';
import type { KubeObject } from '../object.ts';
import { badRequest } from '../status.ts';

/** What `/scale` of a Deployment shows: its replicas and whom they are. */
export function scaleOf({ metadata, spec, status }: KubeObject): KubeObject {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = metadata;
  const { replicas = 0 } = asObject(spec);
  const labels = entries(asObject(dig(spec, 'selector', 'matchLabels'))).map(([key, value]) => `${key}=${value}`);
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
    spec: replicas === 0 ? {} : { replicas },
    status: { replicas: asObject(status).replicas ?? 0, selector: labels.sort().join(',') },
  };
}

/** The merge patch of a Deployment that a Scale stands for. Throws 400. */
export function scalePatch(scale: Json): JsonObject {
  const replicas = dig(scale, 'spec', 'replicas') ?? 0;
  if (typeof replicas !== 'number') throw badRequest('Scale in version "v1" cannot be handled as a Scale');
  const resourceVersion = dig(scale, 'metadata', 'resourceVersion') ?? '';
  return { ...(resourceVersion !== '' && { metadata: { resourceVersion } }), spec: { replicas } };
}
