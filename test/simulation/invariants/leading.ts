import type { Call } from '../kernel/faults.ts';
import type { Entry, EntryOf, Ledger } from '../ledger/ledger.ts';
import type { Invariant } from './invariant.ts';
import { someClockIsFast } from './reading.ts';

/** So long after a renewal was carried out its holder may begin something: what it calls then ends before the lease does. */
const BEGINS_WITHIN_MS = 10_000;

/**
 * L6, what comes before it: one process at a time. Judged when a process decides to call, not when the request arrives, which
 * no lease can hold back. Not asked once a clock has run at double rate: no lease says anything to such a process.
 */
export const underTheLease: Invariant = {
  id: 'L6',
  on: ['Begun'],
  says: 'an elected operator begins no effect unless the Lease names it and cannot have passed to another',
  broken(entry, ledger) {
    if (!ledger.circumstances.elected || entry.type !== 'Begun' || !isEffect(entry.call)) return undefined;
    const lease = ledger.leases.at(-1);
    const holder = lease && holderOf(lease);
    if (someClockIsFast(ledger)) return undefined;
    if (!lease || holder !== entry.by)
      return `${entry.call.name} was begun while the Lease names ${holder || 'nobody'}`;
    const age = entry.at - lease.at;
    return age > BEGINS_WITHIN_MS ? `${entry.call.name} was begun ${age} ms after the last renewal` : undefined;
  },
};

/** Design section 6. */
const ACTS_WITHIN_MS = 20_000;
/** Of the answer that shows the last renewal, and of the request that takes the lease over: 3 s each at the worst here. */
const TRAVEL_MS = 6_000;

/**
 * L6: asked of a standby with which nothing ever went wrong, when there was something to do at once: a rotation between its intent
 * and its publication, or one with an intent to revoke.
 */
export const actsSoon: Invariant = {
  id: 'L6',
  on: ['Begun'],
  says: 'a new leader acts within 20 s of the last renewal of the one before',
  broken(entry, ledger) {
    if (!ledger.circumstances.elected || entry.type !== 'Begun' || !isEffect(entry.call)) return undefined;
    const handover = handoverTo(entry, ledger);
    if (!handover || isTroubled(entry.by, ledger)) return undefined;
    const { acquired, last } = handover;
    const isFirst = !ledger.entries
      .slice(ledger.entries.indexOf(acquired), -1)
      .some((each) => each.type === 'Begun' && each.by === entry.by && isEffect(each.call));
    if (!isFirst || !hasWork(acquired, ledger)) return undefined;
    const waited = entry.at - last.at;
    return waited > ACTS_WITHIN_MS + TRAVEL_MS
      ? `${entry.by} acted ${waited} ms after the last renewal of ${holderOf(last)}`
      : undefined;
  },
};

type LeaseEntry = EntryOf<'LeaseWritten'>;

/** Every replica takes reports and writes events; a lease is no effect, and to ask what is allowed is none. */
function isEffect({ name, isRead }: Call): boolean {
  return !isRead && !NO_EFFECT.test(name);
}

const NO_EFFECT = / (leases|events|selfsubjectaccessreviews)$|(CREATE|PUT) migrationreports$/;

function holderOf({ after }: LeaseEntry): string {
  return after?.spec?.holderIdentity ?? '';
}

function isTroubled(process: string, ledger: Ledger): boolean {
  return someClockIsFast(ledger) || ledger.struck.some(({ by }) => by === process);
}

/** The write with which this process became the leader after another one that did not give the lease back, and the last one before it. */
function handoverTo(
  { by }: Entry,
  { leases }: Ledger,
): { readonly acquired: LeaseEntry; readonly last: LeaseEntry } | undefined {
  const index = leases.findLastIndex((lease) => holderOf(lease) !== by);
  const [last, acquired] = [leases[index], leases[index + 1]];
  return last && acquired && holderOf(last) !== '' ? { acquired, last } : undefined;
}

/** Whether what had been committed when the lease passed wants to be gone on with at once. */
function hasWork(acquired: LeaseEntry, ledger: Ledger): boolean {
  const before = ledger.entries.slice(0, ledger.entries.indexOf(acquired));
  const write = before.findLast((each): each is EntryOf<'StatusWritten'> => each.type === 'StatusWritten');
  const { rotation } = write?.after.status ?? {};
  return rotation !== undefined && (rotation.publishedAt === undefined || rotation.revokeIntent !== undefined);
}
