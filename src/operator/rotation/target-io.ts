import type { PlannedTarget } from '../../api/types.ts';
import { fingerprint } from '../../key/fingerprint.ts';
import type { SecretValue } from '../../key/secret-value.ts';
import type { TargetFact } from '../../rotation/facts.ts';
import { keyFieldOf } from '../../rotation/transitions/recorded.ts';
import type { Base, KeyStore, StoredValue } from '../../stores/port.ts';

/** A target with what stands at its path now. The plaintext stays here; facts carry fingerprints only. */
export interface TargetReading {
  readonly target: PlannedTarget;
  readonly store: KeyStore;
  readonly stored: StoredValue | undefined;
}

/** Reads one target. */
export async function read(target: PlannedTarget, store: KeyStore): Promise<TargetReading> {
  return { target, store, stored: await store.read(target.path) };
}

/** The text in the key field. */
export function keyAt({ target, stored }: TargetReading): SecretValue | undefined {
  return stored?.fields[keyFieldOf(target.fields)];
}

/** The fingerprint of the text in the key field. */
export function fingerprintAt(reading: TargetReading): string | undefined {
  const key = keyAt(reading);
  return key && fingerprint(key);
}

/** What the core may know of a reading. */
export function targetFact(reading: TargetReading): TargetFact {
  const { target, store, stored } = reading;
  const { name, address, path } = target;
  const fieldsPolicy = target.fieldsPolicy === 'Merge' ? 'Merge' : 'OwnAll';
  const place = { name, address, path, fieldsPolicy, versionsNameValues: store.versionsNameValues } as const;
  if (!stored) return { ...place, presence: 'Absent' };
  const print = fingerprintAt(reading);
  return {
    ...place,
    presence: 'Present',
    version: stored.version,
    hasOurFields: Object.keys(target.fields).some((field) => field in stored.fields),
    ...(stored.createdTime === undefined ? {} : { createdTime: stored.createdTime }),
    ...(print === undefined ? {} : { fingerprint: print }),
    ...(stored.marker === undefined ? {} : { marker: stored.marker }),
  };
}

/** What a write over this reading replaces: exactly what was read. */
export function baseOf({ stored }: TargetReading): Base {
  return stored ? { type: 'Version', version: stored.version } : { type: 'Absent' };
}

/** The fields that stay when this target is written: foreign ones under Merge, none otherwise. */
export function keptFields({ target, stored }: TargetReading): Record<string, SecretValue> {
  if (target.fieldsPolicy !== 'Merge') return {};
  return Object.fromEntries(Object.entries(stored?.fields ?? {}).filter(([field]) => !(field in target.fields)));
}
