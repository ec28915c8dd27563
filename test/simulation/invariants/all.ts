import type { Happening } from '../ledger/ledger.ts';
import { registerHoldsNoKey, registerRemembers, seenDead, takenOnce, toldOnce } from './by-people.ts';
import { deletionEnds } from './ending.ts';
import { othersDoNotSlow } from './fairness.ts';
import type { Invariant } from './invariant.ts';
import { oldTextIsKept } from './kept.ts';
import { bothAlive, condemnedFirst, neverThree, noWayBack, oneKeyAnAttempt, onlyOurs } from './keys.ts';
import { actsSoon, underTheLease } from './leading.ts';
import { previousIsShown } from './previous.ts';
import { authenticReports } from './reporting.ts';
import {
  issueCallsAreBounded,
  retriesAreBounded,
  retriesAreSpread,
  retryAfterIsKept,
  verdictsStand,
} from './retrying.ts';
import { confirmedIntent, nobodyNeedsIt, provenIntent, publishedAsSeen } from './revocation.ts';
import { movedInDeed, restartedForNews, restartedOnce } from './rolling-out.ts';
import { compareAndSet, handsOff, monotonic, noPlaintext, pastIsDetected } from './status.ts';
import { boundToObject, oneVersionAMarker, ruleW, servedIsAlive } from './targets.ts';
import { waitsAreTold } from './waiting.ts';
import { withinWindows } from './windows.ts';

/** What is asked after every happening that can break it. S2 and the second half of S10 are asked at rest (`plans/run.ts`). */
export const INVARIANTS: readonly Invariant[] = [
  oneKeyAnAttempt,
  publishedAsSeen,
  provenIntent,
  confirmedIntent,
  nobodyNeedsIt,
  servedIsAlive,
  ruleW,
  compareAndSet,
  condemnedFirst,
  noWayBack,
  boundToObject,
  noPlaintext,
  oneVersionAMarker,
  authenticReports,
  movedInDeed,
  restartedOnce,
  restartedForNews,
  handsOff,
  monotonic,
  pastIsDetected,
  bothAlive,
  neverThree,
  oldTextIsKept,
  previousIsShown,
  onlyOurs,
  waitsAreTold,
  deletionEnds,
  underTheLease,
  actsSoon,
  retriesAreBounded,
  retriesAreSpread,
  retryAfterIsKept,
  issueCallsAreBounded,
  verdictsStand,
  othersDoNotSlow,
  withinWindows,
  takenOnce,
  registerHoldsNoKey,
  registerRemembers,
  seenDead,
  toldOnce,
];

/** What is asked after happenings of each type, without the invariants of these ids. */
export function askedWithout(exempt: readonly string[] = []): ReadonlyMap<Happening['type'], readonly Invariant[]> {
  const asked = new Map<Happening['type'], Invariant[]>();
  for (const invariant of INVARIANTS.filter(({ id }) => !exempt.includes(id)))
    for (const type of invariant.on) asked.set(type, [...(asked.get(type) ?? []), invariant]);
  return asked;
}
