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

/** Whether another process asked for keys before this place in history, while nothing ran, and made something of it afterwards. */
function isBetween({ entries }: Ledger, index: number, by: string): boolean {
  const since = entries.slice(0, index).findLastIndex(({ type }) => type === 'StatusWritten');
  const asked = entries.slice(since, index).find((entry) => entry.by !== by && isList(entry));
  return asked !== undefined && entries.slice(index).some((entry) => entry.by === asked.by && isAttempt(entry));
}

function isList(entry: Entry): boolean {
  return entry.type === 'Answered' && entry.call.name === 'issuer list';
}

function isAttempt(entry: Entry): boolean {
  return entry.type === 'Died' || (entry.type === 'Failed' && entry.call.name === 'kube PUT status apikeyrotations');
}
