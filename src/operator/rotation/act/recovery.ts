import { CallError } from '../../../http/call-error.ts';
import { isOf } from '../../../key/attempt-id.ts';
import type { Marker } from '../../../key/marker.ts';
import type { Holding } from '../../../rotation/facts.ts';
import { compareOrdinals } from '../../../rotation/ordinal.ts';
import { replacement } from '../../../rotation/replacement.ts';
import { baseOf, fingerprintAt, keyAt, type TargetReading, targetFact } from '../target-io.ts';
import { createDelivery, type Delivery, type DeliveryContext } from './delivery.ts';
import type { HeldKey } from './held-key.ts';
import { mismatch } from './mismatch.ts';

/**
 * The start of a recovery attempt: the highest key of this revision that a target carries is taken over, as a delivery that
 * publishes it under this attempt. Undefined when there is none that the issuer confirms as ours.
 */
export async function takeOver(
  context: DeliveryContext,
  readings: readonly TargetReading[],
): Promise<Delivery | undefined> {
  const candidates = readings
    .filter((reading) => mayHoldOurKey(reading, context))
    .sort((a, b) => compareOrdinals(markerOf(b), markerOf(a)));
  for (const reading of candidates) {
    const held = await confirm(reading, context);
    if (held) return createDelivery(context, held);
  }
  return undefined;
}

/** Writes every target's present value again under this attempt's marker, so that no earlier publisher can write any more. */
export async function fence(context: DeliveryContext, readings: readonly TargetReading[]): Promise<Holding> {
  for (const reading of readings) {
    const present = reading.stored?.marker;
    if (present && isOf(present, context.attempt) && compareOrdinals(present, context.attempt) === 0) continue;
    const verdict = replacement(targetFact(reading), context.attempt, context.recordedAt(reading.target));
    if (verdict.type === 'Stop' && verdict.reason === 'HigherMarker') return { type: 'Lost', reason: verdict.message };
    // A foreign value stays as it is, and stops a late publisher of ours as well as our marker would.
    if (verdict.type === 'Stop') continue;
    if (!(await writeFence(context, reading)))
      return { type: 'Lost', reason: `target ${reading.target.name} was written by somebody else` };
  }
  return { type: 'Fenced' };
}

async function writeFence(context: DeliveryContext, reading: TargetReading): Promise<boolean> {
  const { effects, storeOf, attempt } = context;
  const { target, stored } = reading;
  const marker: Marker = { ...attempt, keyID: carriedKeyID(reading, context) };
  try {
    await effects.publish(
      storeOf(target),
      target.name,
      { path: target.path, fields: stored?.fields ?? {}, marker, base: baseOf(reading) },
      'Fence',
    );
    return true;
  } catch (error) {
    if (error instanceof CallError && error.outcome === 'conflict') return false;
    throw error;
  }
}

/** The id of the key that a fenced value holds: as its marker said, or by the fingerprint of a key that status names. */
function carriedKeyID(reading: TargetReading, { attempt, knownKeys }: DeliveryContext): string {
  const marker = reading.stored?.marker;
  if (marker && isOf(marker, attempt)) return marker.keyID;
  const print = fingerprintAt(reading);
  return knownKeys.find((key) => key.fingerprint === print)?.keyID ?? '';
}

/** Not the key to be retired, and not one that has leaked and is to be replaced. */
function mayHoldOurKey(reading: TargetReading, { attempt, oldKey, leaked }: DeliveryContext): boolean {
  const marker = reading.stored?.marker;
  if (!marker || !isOf(marker, attempt) || marker.keyID === '' || marker.keyID === oldKey?.keyID) return false;
  if (leaked?.includes(marker.keyID)) return false;
  return marker.revision === attempt.revision && marker.attempt < attempt.attempt && keyAt(reading) !== undefined;
}

function markerOf({ stored }: TargetReading): Marker {
  return stored?.marker ?? { installation: '', uid: '', revision: 0, attempt: 0, keyID: '' };
}

/** Only a key that verify itself names as the marker's, under a label of ours not above the marker, is a key of ours. */
async function confirm(reading: TargetReading, context: DeliveryContext): Promise<HeldKey | undefined> {
  const marker = markerOf(reading);
  const key = keyAt(reading);
  const record = key && (await context.issuerOf().verify(key, { keyID: marker.keyID }));
  if (!key || !record) return undefined;
  return mismatch(record, marker.keyID, { ...context, attempt: marker }) === undefined ? { record, key } : undefined;
}
