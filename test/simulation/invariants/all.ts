import { deletionEnds } from './ending.ts';
import type { Invariant } from './invariant.ts';
import { bothAlive, condemnedFirst, noWayBack, oneKeyAnAttempt, onlyOurs } from './keys.ts';
import { actsSoon, underTheLease } from './leading.ts';
import { authenticReports, nobodyNeedsIt, provenIntent, publishedAsSeen } from './revocation.ts';
import { compareAndSet, handsOff, monotonic, noPlaintext } from './status.ts';
import { boundToObject, oneVersionAMarker, ruleW, servedIsAlive } from './targets.ts';
import { waitsAreTold } from './waiting.ts';

/** What is asked after every happening. S2 and the second half of S10 are asked at rest (`plans/run.ts`). */
export const INVARIANTS: readonly Invariant[] = [
  oneKeyAnAttempt,
  publishedAsSeen,
  provenIntent,
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
  handsOff,
  monotonic,
  bothAlive,
  onlyOurs,
  waitsAreTold,
  deletionEnds,
  underTheLease,
  actsSoon,
];
