import type { Entry, Ledger } from '../ledger/ledger.ts';
import { requested } from '../scenarios/rotating.ts';
import { attemptsIn } from './attempts.ts';
import { isIssue, type Race } from './race.ts';

/** Race d: after a lost issue call its issuer is swept once more, while somebody asks for the next rotation. */
export const sweepMeetsNextRevision: Race = {
  ...(requested.prepare && { prepare: requested.prepare }),
  name: 'race-sweep-meets-next-revision',
  says: 'one operator looks for orphans of the revision that is done while another begins the next: no new key is taken for one',
  operators: 2,
  issuers: ['replay-full', 'replay-id', 'list-only'],
  opening: { at: isIssue, faults: ['crash-after'] },
  sweep: ['pause', 'late-1m', 'late-5m', 'lost-answer'],
  async play(stage) {
    stage.annotate({ rotate: 'a' });
    await stage.until(({ revision = 0, rotation }) => revision >= 2 && !rotation);
    const { sweepAfter } = stage.status();
    if (sweepAfter) await stage.passUntil(sweepAfter);
    stage.annotate({ rotate: 'b' });
    await stage.settled(3);
  },
  happened: (ledger) =>
    attemptsIn(ledger).some(({ index, by, revision }) => revision > 2 && isBetween(ledger, index, by)),
};

/**
 * Whether another process asked for keys before this place in history, while nothing ran, and what it makes of them next comes too
 * late: a status that is refused, or a key that dies.
 */
function isBetween({ entries }: Ledger, index: number, by: string): boolean {
  const since = entries.slice(0, index).findLastIndex(({ type }) => type === 'StatusWritten');
  const asked = entries.slice(since, index).find((entry) => entry.by !== by && isList(entry));
  const next = asked && entries.slice(index).find((entry) => entry.by === asked.by && isEffect(entry));
  return next !== undefined && next.type !== 'Answered';
}

function isList(entry: Entry): boolean {
  return entry.type === 'Answered' && entry.call.name === 'issuer list';
}

/** A key that dies, or a status that is written, or is not. */
function isEffect(entry: Entry): boolean {
  if (entry.type === 'Answered' || entry.type === 'Failed')
    return entry.call.name === 'kube PUT status apikeyrotations';
  return entry.type === 'Died';
}
