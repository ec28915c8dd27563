import { ANNOTATION } from '../../../src/api/names.ts';
import type { ApiKeyRotation } from '../../../src/api/types.ts';
import type { Call } from '../kernel/faults.ts';
import type { EntryOf, Ledger } from '../ledger/ledger.ts';
import type { Invariant } from './invariant.ts';
import { isOurs } from './reading.ts';

/** The event that tells of a request is under way for up to 3 s here. */
const BEGINS_WITHIN_MS = 5_000;

/**
 * L5: where nothing went wrong with our own calls, what others wait for does not keep ours waiting. Asked of requests for a rotation
 * of an object at which nothing runs and that waits for nobody, as they are answered by an intent.
 */
export const othersDoNotSlow: Invariant = {
  id: 'L5',
  on: ['StatusWritten'],
  says: 'one black-hole issuer does not slow the others: what a person asks for is begun within seconds',
  broken(entry, ledger) {
    if (entry.type !== 'StatusWritten' || !isOurs(entry) || !isIntent(entry) || ledger.struck.length > 0)
      return undefined;
    const asked = ledger.last('ObjectWritten', ({ before, after }) => requestOf(before) !== requestOf(after));
    if (!asked || !isIdle(asked, ledger)) return undefined;
    const first = ledger.entries
      .slice(ledger.entries.indexOf(asked))
      .find((each): each is EntryOf<'Begun'> => each.type === 'Begun' && isOutside(each.call));
    const waited = (first?.at ?? entry.at) - asked.at;
    return waited > BEGINS_WITHIN_MS ? `what was asked for was begun after ${waited} ms` : undefined;
  },
};

/** A call to an issuer or a store. */
function isOutside({ peer, name }: Call): boolean {
  return peer !== 'kube' || name.endsWith(' secrets');
}

function isIntent({ before, after }: EntryOf<'StatusWritten'>): boolean {
  return (after.status?.revision ?? 0) > (before.status?.revision ?? 0);
}

function requestOf(object: ApiKeyRotation | undefined): string | undefined {
  return object?.metadata.annotations?.[ANNOTATION.rotate];
}

/** Whether nothing ran and nobody was waited for when it was written. */
function isIdle({ after, at }: EntryOf<'ObjectWritten'>, ledger: Ledger): boolean {
  const { current, rotation, conditions = [] } = after?.status ?? {};
  const waits = conditions.some(({ type, status }) => type === 'Stalled' && status === 'True');
  const isChangedSince = ledger.last('ObjectWritten', (entry) => entry.at > at) !== undefined;
  return current !== undefined && !rotation && !waits && !after?.spec.suspend && !isChangedSince;
}
