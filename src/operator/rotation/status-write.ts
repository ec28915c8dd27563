import { rotations } from '../../api/resources.ts';
import type { ApiKeyRotation, RotationStatus } from '../../api/types.ts';
import type { KubeApi, KubeObject, ObjectRef } from '../../runtime/kube/kube-api.ts';

/** Replaces the whole status: a compare-and-set on exactly the version that `object` is. */
export function replaceStatus(
  kube: Pick<KubeApi, 'replace'>,
  object: ApiKeyRotation,
  status: RotationStatus,
): Promise<ApiKeyRotation> {
  const body = { ...object, status };
  return kube.replace<ApiKeyRotation & KubeObject>(refOf(object), body, { subresource: 'status' });
}

/** Where the object is. */
export function refOf({ metadata: { namespace, name } }: ApiKeyRotation): ObjectRef {
  return { resource: rotations, namespace, name };
}
