import type { AbandonedKey, RunningRotation } from '../api/types.ts';
import { formatAttemptId } from '../key/attempt-id.ts';
import type { Facts } from './facts.ts';
import { abandonedPlaces } from './transitions/abandoned.ts';
import { committed, ownerOf, statusOf } from './transitions/status.ts';

/** A call that begins now may reach the issuer this much later (milliseconds): it must still be within the window then. */
const ON_ITS_WAY_MS = 60_000;

/**
 * Issue calls whose answer never came, and whose keys, if they made any, nobody has seen: entries of `abandoned` without an id. None
 * where keys can be listed.
 */
export function unansweredCalls(facts: Facts): AbandonedKey[] {
  if (facts.capabilities?.list) return [];
  const { abandoned = [] } = statusOf(facts);
  return abandoned.filter(({ keyID }) => keyID === undefined);
}

/**
 * Whether the issuer certainly still knows a repeat of the call that began at `calledAt` (RFC 3339) for one. Later, or where the
 * time cannot be read, a repeat could make a second key.
 */
export function isReplayable({ capabilities, time }: Facts, calledAt: string | undefined): boolean {
  const { replay = 'None', replayWindowMs } = capabilities ?? {};
  if (replay === 'None') return false;
  if (replayWindowMs === undefined) return true;
  return Date.parse(time.stamp) + ON_ITS_WAY_MS < Date.parse(calledAt ?? '') + replayWindowMs;
}

/** Whether a key that nobody has seen can be found by its label. An issuer that is gone can be asked nothing, whatever it lists. */
export function listsKeys({ capabilities }: Facts): boolean {
  return capabilities?.list !== false;
}

/** What is known of the key of an attempt that is given up; see `Holding`. */
export interface LeftKey {
  readonly keyID?: string;
  readonly served?: boolean;
}

/**
 * What is left of the issue call of an attempt that is given up. Status remembers it where keys cannot be listed, or where nobody
 * knows because the issuer is gone for now; and everywhere a key that targets may have served before others wrote there, because a
 * list does not tell.
 */
export function leftBehind(facts: Facts, rotation: RunningRotation, { keyID, served }: LeftKey = {}): AbandonedKey[] {
  if (rotation.restoredKey || rotation.publishedAt) return [];
  if (!served && (facts.capabilities?.list || rotation.recovering)) return [];
  return [
    {
      ...committed(facts),
      ...(keyID === undefined ? {} : { keyID }),
      ...(served === undefined ? {} : { served }),
      calledAt: rotation.attemptAt,
      issuer: rotation.plan.issuer,
      targets: abandonedPlaces(rotation.plan.targets),
      reason: served ? 'given up while it was being published' : 'the answer to its issue call was lost',
    },
  ];
}

/** The labels of the keys that may be alive though nobody has seen them, and where. */
export function unansweredLabels(facts: Facts): string {
  return unansweredCalls(facts)
    .map(({ revision, attempt, issuer }) => {
      const label = formatAttemptId({ ...ownerOf(facts), revision, attempt });
      return issuer ? `${label} at ${issuer.origin}` : label;
    })
    .join(', ');
}
