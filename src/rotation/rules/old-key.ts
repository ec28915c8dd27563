import type { RecordedKey } from '../../api/types.ts';
import { type Decision, lookFor } from '../decision.ts';
import type { Facts } from '../facts.ts';
import { statusOf } from '../transitions/status.ts';
import { stalled, wait } from './waiting.ts';

const AGAIN_MS = 30_000;

/**
 * An issuer that knows no such key may be a replica that lags behind: the key that a roll back retires is minutes old. That the
 * old key is gone is believed only where the keys that are listed do not show it alive. Undefined where it is believed.
 */
export function notYetKnown(facts: Facts, { keyID, issuer }: RecordedKey): Decision | undefined {
  if (facts.keys?.old !== undefined) return undefined;
  const missing = lookFor(facts, 'labelled');
  if (missing) return missing;
  if (!facts.labelled?.some((key) => key.live && key.keyID === keyID)) return undefined;
  const { publishedAt } = statusOf(facts).rotation ?? {};
  const message = `issuer ${issuer.name} lists the old key ${keyID} as alive and yet answers that there is no such key, in the wait since ${publishedAt}; it is asked again until both answers agree. If they never do: revoke it there by hand`;
  return wait(facts, AGAIN_MS, { reason: 'IssuerContradicts', message });
}

/** S15: only keys with our label, or adopted ones, are revoked; undefined when the old key is one. */
export function notOurs(facts: Facts, old: RecordedKey): Decision | undefined {
  if (facts.keys?.old?.ours) return undefined;
  const why = old.adopted
    ? 'was adopted, and its store no longer has the version that would show it to be ours'
    : 'does not carry our label';
  return stalled(facts, {
    reason: 'Conflict',
    message: `key ${old.keyID} at ${old.issuer.origin} ${why}: it is not revoked; revoke it there by hand, then the rotation ends by itself`,
  });
}
