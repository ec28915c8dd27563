import type { PlannedTarget, RecordedKey } from '../../../api/types.ts';
import type { AttemptId } from '../../../key/attempt-id.ts';
import { fingerprint } from '../../../key/fingerprint.ts';
import { SecretValue } from '../../../key/secret-value.ts';
import type { Publication } from '../../../stores/port.ts';
import { baseOf, keptFields, type TargetReading } from '../target-io.ts';
import type { HeldKey } from './held-key.ts';

/** The key to be retired. */
export interface OldKey extends Pick<RecordedKey, 'keyID' | 'fingerprint'> {
  /** Somebody else may have it: it is shown to no consumer. */
  readonly leaked?: boolean;
}

/** What an attempt writes over a reading: its key with the fields that the target declares, under its marker. */
export function publicationOf(
  reading: TargetReading,
  held: HeldKey,
  attempt: AttemptId,
  oldKey: OldKey | undefined,
): Publication {
  const { target } = reading;
  const replaced = replacedAt(reading, oldKey);
  const previous = oldKey?.leaked ? undefined : replaced.replaces?.key;
  return {
    path: target.path,
    fields: { ...keptFields(reading), ...fieldsOf(target, held, previous, attempt) },
    marker: { ...attempt, keyID: held.record.keyID },
    base: baseOf(reading),
    ...replaced,
  };
}

/**
 * Where a reading shows the key to be retired, the store keeps it; what an earlier attempt put there for a moment it does not. The key
 * may stand in another field than the new one will: where `spec` was changed, and as the previous one, where an earlier attempt of this
 * revision has published.
 */
function replacedAt({ stored }: TargetReading, oldKey: OldKey | undefined): Pick<Publication, 'replaces'> {
  const texts = oldKey ? Object.values(stored?.fields ?? {}) : [];
  const key = texts.find((text) => fingerprint(text) === oldKey?.fingerprint);
  return key && oldKey ? { replaces: { keyID: oldKey.keyID, key } } : {};
}

/** The values that a target's fields declare. */
function fieldsOf(
  { fields }: PlannedTarget,
  { record, key }: HeldKey,
  previousKey: SecretValue | undefined,
  { uid, revision }: AttemptId,
): Record<string, SecretValue> {
  const sources: Record<string, SecretValue | string | undefined> = {
    key,
    keyID: record.keyID,
    environment: record.environment,
    fingerprint: fingerprint(key),
    revision: String(revision),
    rotationUID: uid,
    issuedAt: record.issuedAt,
    expiresAt: record.expiresAt,
    previousKey,
  };
  return Object.fromEntries(Object.entries(fields).map(([field, source]) => [field, toSecret(sources[source] ?? '')]));
}

function toSecret(value: SecretValue | string): SecretValue {
  return typeof value === 'string' ? new SecretValue(value) : value;
}
