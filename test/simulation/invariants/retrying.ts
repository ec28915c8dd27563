import type { Call } from '../kernel/faults.ts';
import { isRegister } from '../kernel/secrets-of-people.ts';
import { type Circumstances, type Ledger, triesOf, waitOf } from '../ledger/ledger.ts';
import type { Invariant } from './invariant.ts';
import { isOurs, someClockIsFast } from './reading.ts';

const HOUR_MS = 3_600_000;
/** What a backoff from half a second to five minutes, each pause at least half as long as it may be, comes to in an hour. */
const TRIES_AN_HOUR = 40;
/** Caches ask with a backoff to half a minute; whether issuers and stores are back is asked four times a minute. */
const LOOKS_AN_HOUR = 250;

/** A lease is renewed, or looked at, every two seconds, come what may; a report is repeated by the consumer that made it. */
const OF_OTHERS = / leases$|(GET|CREATE|PUT) migrationreports$|^kube GET apikeyrotations$/;

/**
 * Operators of which none is elected, which nobody is to run, wake each other with what they write about their trouble: each comes
 * ten seconds after it failed.
 */
const TRIES_TOGETHER = 400;

function mostTries({ name, detail }: Call, { operators, elected }: Circumstances): number {
  if (OF_OTHERS.test(name)) return Number.POSITIVE_INFINITY;
  // Whether a store of Secrets can be used is asked for each verb.
  if (name.endsWith(' selfsubjectaccessreviews')) return 4 * LOOKS_AN_HOUR;
  // Whether people's register can be read is asked as whether an issuer is back.
  if (name === 'kube GET secrets' && isRegister(detail)) return LOOKS_AN_HOUR + TRIES_TOGETHER;
  if (name.endsWith(' check')) return LOOKS_AN_HOUR;
  if (operators > 1 && !elected) return TRIES_TOGETHER;
  // What was decided, and then the trouble with that.
  if (name.startsWith('kube PUT status ')) return 2 * TRIES_AN_HOUR;
  return name.startsWith('kube LIST ') ? LOOKS_AN_HOUR : TRIES_AN_HOUR;
}

/** L4: who is not answered comes again, but not at once for ever. */
export const retriesAreBounded: Invariant = {
  id: 'L4',
  on: ['Begun'],
  says: 'a process repeats a call that is not answered some forty times an hour at the most, and a mere look 250 times',
  broken(entry, ledger) {
    if (entry.type !== 'Begun') return undefined;
    const tries = ledger.tries.get(triesOf(entry)) ?? [];
    if (tries.length <= TRIES_AN_HOUR || someClockIsFast(ledger)) return undefined;
    const most = mostTries(entry.call, ledger.circumstances);
    const first = tries.at(-most - 1);
    if (first === undefined || entry.at - first > HOUR_MS) return undefined;
    return `${entry.call.name} ${entry.call.detail} was tried ${most + 1} times within an hour, and not answered`;
  },
};

/** Pauses that are shorter say nothing: the way there and back takes seconds. */
const LONG_MS = 60_000;
const AT_ONCE_MS = 10_000;
const PAUSES = 5;
/** The part by which pauses differ that were drawn, and not by what the network adds. */
const SPREAD = 0.02;

/** L4: many that failed together do not come again together. */
export const retriesAreSpread: Invariant = {
  id: 'L4',
  on: ['Begun'],
  says: 'the pauses between the tries of a call that is not answered are drawn',
  broken(entry, ledger) {
    if (entry.type !== 'Begun') return undefined;
    const all = ledger.tries.get(triesOf(entry)) ?? [];
    if (all.length <= PAUSES || OF_OTHERS.test(entry.call.name)) return undefined;
    const tries = lastTries(all);
    if (tries.length <= PAUSES) return undefined;
    const pauses = tries.slice(1).map((at, index) => at - (tries[index] ?? 0));
    const [shortest, longest] = [Math.min(...pauses), Math.max(...pauses)];
    if (shortest < LONG_MS || longest > shortest * (1 + SPREAD)) return undefined;
    return `${entry.call.name} ${entry.call.detail} was tried ${PAUSES} times with pauses of ${longest} ms, all alike`;
  },
};

/** The last ones, one more than pauses are compared; a story of days has ten thousands. What one look tries twice is one try. */
function lastTries(all: readonly number[]): number[] {
  const last: number[] = [];
  for (let index = all.length - 1; index >= 0 && last.length <= PAUSES; index -= 1) {
    const at = all[index] ?? 0;
    if (at - (all[index - 1] ?? Number.NEGATIVE_INFINITY) > AT_ONCE_MS) last.unshift(at);
  }
  return last;
}

/** L4: who is told when to come again does not come before. The election must not wait for anything. */
export const retryAfterIsKept: Invariant = {
  id: 'L4',
  on: ['Begun'],
  says: 'a process asks nothing of an issuer, a store or Kubernetes (of one kind of object) before the time that it has named to that process',
  broken(entry, ledger) {
    if (entry.type !== 'Begun' || entry.call.name.endsWith(' leases') || someClockIsFast(ledger)) return undefined;
    const until = ledger.notBefore.get(waitOf(entry)) ?? 0;
    if (entry.at >= until) return undefined;
    return `${entry.call.name} was begun ${until - entry.at} ms before the time that the other side had named`;
  },
};

/** A request may be so late, and so much nearer to the next one. */
const LATE_MS = 300_000;

/** L4: how many keys are made is bounded for each object, whoever works on it. To repeat a call that was answered makes none. */
export const issueCallsAreBounded: Invariant = {
  id: 'L4',
  on: ['Issued'],
  says: 'no more keys are made for an object within an hour than the flag allows issue calls',
  broken(entry, ledger) {
    if (entry.type !== 'Issued' || !isOurs(entry)) return undefined;
    const since = Math.max(createdAt(ledger), entry.at - HOUR_MS + LATE_MS);
    const made = ledger.all('Issued').filter((each) => each.at >= since && isOurs(each)).length;
    return made > ledger.circumstances.issueCallsPerHour ? `${made} keys were made within an hour` : undefined;
  },
};

function createdAt(ledger: Ledger): number {
  return ledger.last('ObjectWritten', ({ before }) => before === undefined)?.at ?? 0;
}

const VERDICT = /^kube PUT status .*(issuers|keystores)$/;
const MINUTE_MS = 60_000;
/** A check comes every fifteen seconds; one that was late is soon followed by the next, and a person may change the spec. */
const VERDICTS_A_MINUTE = 6;

/** L4: processes that contradict each other about an issuer or a store do not answer each other. */
export const verdictsStand: Invariant = {
  id: 'L4',
  on: ['Answered'],
  says: 'a process writes whether an issuer or a store is ready as often as it checks, whatever others write',
  broken(entry, ledger) {
    if (entry.type !== 'Answered' || !VERDICT.test(entry.call.name) || someClockIsFast(ledger)) return undefined;
    const { name, detail } = entry.call;
    const written = ledger
      .all('Answered')
      .filter((each) => each.by === entry.by && each.call.name === name && each.call.detail === detail)
      .filter(({ at }) => entry.at - at < MINUTE_MS);
    return written.length > VERDICTS_A_MINUTE
      ? `whether ${detail} is ready was written ${written.length} times within a minute`
      : undefined;
  },
};
