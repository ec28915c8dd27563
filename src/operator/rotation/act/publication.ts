import type { PlannedTarget, RecordedKey } from '../../../api/types.ts';
import type { AttemptId } from '../../../key/attempt-id.ts';
import { fingerprint } from '../../../key/fingerprint.ts';
import { SecretValue } from '../../../key/secret-value.ts';
import type { Publication } from '../../../stores/port.ts';
import { baseOf, keptFields, type TargetReading } from '../target-io.ts';
import type { HeldKey } from './held-key.ts';

type OldKey = Pick<RecordedKey, 'keyID' | 'fingerprint'> | undefined;

/** What an attempt writes over a reading: its key with the fields that the target declares, under its marker. */
export function publicationOf(
  reading: TargetReading,
  { record, key }: HeldKey,
  attempt: AttemptId,
  oldKey: OldKey,
): Publication {
  const { target } = reading;
  return {
    path: target.path,
    fields: { ...keptFields(reading), ...fieldsOf(target, record, key, attempt) },
    marker: { ...attempt, keyID: record.keyID },
    base: baseOf(reading),
    ...replacedAt(reading, oldKey),
  };
}

/**
 * Where a reading shows the key to be retired, the store keeps it; what an earlier attempt put there for a moment it does not. The key
 * may stand in another field than the new one will, where `spec` was changed.
 */
function replacedAt({ stored }: TargetReading, oldKey: OldKey): Pick<Publication, 'replaces'> {
  const texts = oldKey ? Object.values(stored?.fields ?? {}) : [];
  const key = texts.find((text) => fingerprint(text) === oldKey?.fingerprint);
  return key && oldKey ? { replaces: { keyID: oldKey.keyID, key } } : {};
}

/** The values that a target's fields declare. */
function fieldsOf(
  { fields }: PlannedTarget,
  record: HeldKey['record'],
  key: SecretValue,
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
  };
  return Object.fromEntries(Object.entries(fields).map(([field, source]) => [field, toSecret(sources[source] ?? '')]));
}

function toSecret(value: SecretValue | string): SecretValue {
  return typeof value === 'string' ? new SecretValue(value) : value;
}
