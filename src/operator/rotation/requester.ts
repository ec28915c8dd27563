import { ANNOTATION } from '../../api/names.ts';
import type { ApiKeyRotation, RecordedKey } from '../../api/types.ts';
import { CallError } from '../../http/call-error.ts';
import type { Requester, Revocation } from '../../issuers/port.ts';
import type { References } from './references.ts';
import { findKeyText } from './replaced-key.ts';

/** What people are told of the rotation that a call is made for. */
export function requesterOf({ metadata, spec, status }: ApiKeyRotation): Requester {
  const { oldKey, leakedKeyID, reason: trigger } = status?.rotation ?? {};
  const reason = spec.key.reason ?? trigger;
  return {
    namespace: metadata.namespace ?? '',
    name: metadata.name,
    ...(reason === undefined ? {} : { reason }),
    ...(oldKey && { replaces: { keyID: oldKey.keyID, permissions: oldKey.permissions ?? [] } }),
    ...(leakedKeyID === undefined ? {} : { isUrgent: true }),
  };
}

/** The same for a revocation: what a person says of the key, and where its text may still be had. */
export function revocationOf(object: ApiKeyRotation, keyID: string, references: References): Revocation {
  const { current, rotation } = object.status ?? {};
  const recorded = [rotation?.oldKey, current].find((key) => key?.keyID === keyID);
  return {
    ...requesterOf(object),
    isUrgent: rotation?.leakedKeyID === keyID,
    isConfirmed: (object.metadata.annotations?.[ANNOTATION.revocationConfirmed] ?? '').split(',').includes(keyID),
    findKey: async () => recorded && (await textOf(references, object.metadata.namespace ?? '', recorded)),
  };
}

/** A place that is away says nothing of the key; people may. */
async function textOf(references: References, namespace: string, key: RecordedKey) {
  try {
    return await findKeyText(references, namespace, key);
  } catch (error) {
    if (error instanceof CallError) return undefined;
    throw error;
  }
}
