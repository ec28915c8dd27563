import { ANNOTATION } from '../../api/names.ts';
import type { ApiKeyRotation } from '../../api/types.ts';
import type { Facts } from '../../rotation/facts.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Session } from './session.ts';

/** From now on nothing is tried for `ms`, whatever wakes us, unless a person changes the object. */
export function restFor(ms: number, object: ApiKeyRotation, session: Session, clock: Pick<Clock, 'monotonic'>): void {
  session.rest = { until: clock.monotonic() + ms, request: requestOf(object) };
}

/** Milliseconds that are left of a rest; 0 or less when it is over. */
export function restOf({ rest }: Session, object: ApiKeyRotation, clock: Pick<Clock, 'monotonic'>): number {
  return rest && rest.request === requestOf(object) ? rest.until - clock.monotonic() : 0;
}

/** Step 7 has looked at everything, the consumers have moved, and still something else stands in the way. */
export function isFruitless({ keys, liveEvidence }: Facts): boolean {
  return keys !== undefined && liveEvidence?.every((consumer) => consumer.state === 'Migrated') === true;
}

/** What people say with the object: its spec, its deletion, its annotations. */
function requestOf({ metadata: { generation, deletionTimestamp, annotations = {} } }: ApiKeyRotation): string {
  return JSON.stringify([
    generation,
    deletionTimestamp,
    annotations[ANNOTATION.rotate],
    annotations[ANNOTATION.rollback],
    annotations[ANNOTATION.dropTarget],
    annotations[ANNOTATION.emergency],
    annotations[ANNOTATION.acceptState],
    annotations[ANNOTATION.revocationConfirmed],
  ]);
}
