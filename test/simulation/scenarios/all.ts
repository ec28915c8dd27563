import { byPeople, peopleErr, probedPeople, withPeople } from './by-people.ts';
import { adoption, consumersChange, shortened, specEdit, suspension } from './changing.ts';
import { hostileReports, podsComeAndGo, regression } from './consumers.ts';
import { deletions } from './deleting.ts';
import { driftReissued, driftRepaired, driftReported } from './drifting.ts';
import { grantWithdrawn, sourceRefused } from './granting.ts';
import { inAws } from './in-aws.ts';
import {
  drift,
  fewKeys,
  issuerChanged,
  recreation,
  restoredStatus,
  sharedAccount,
  targetRemoved,
} from './outside-world.ts';
import { newKeyDemanded, widenedInPlace } from './permissions.ts';
import { previousKey, previousKeyLeaked, previousKeyRolledBack } from './previous-key.ts';
import { promoted } from './promoted.ts';
import {
  deadline,
  dropTarget,
  emergencyCurrent,
  emergencyNew,
  emergencyOld,
  emergencyStranded,
  rollBack,
  rollForward,
} from './requests.ts';
import { reticents } from './reticent.ts';
import { rollingOut } from './rolling-out.ts';
import {
  firstIssue,
  inWindows,
  narrowed,
  overlap,
  requested,
  scheduled,
  severalTargets,
  unlisted,
  widened,
} from './rotating.ts';
import type { Scenario } from './scenario.ts';
import { taken } from './taken.ts';
import { witnesses } from './witnesses.ts';

/** Every story that plans are made of. */
export const SCENARIOS: readonly Scenario[] = [
  firstIssue,
  requested,
  scheduled,
  narrowed,
  widened,
  severalTargets,
  unlisted,
  overlap,
  consumersChange,
  suspension,
  specEdit,
  shortened,
  adoption,
  hostileReports,
  regression,
  podsComeAndGo,
  witnesses,
  rollBack,
  rollForward,
  deadline,
  emergencyCurrent,
  emergencyOld,
  emergencyNew,
  emergencyStranded,
  dropTarget,
  restoredStatus,
  recreation,
  sharedAccount,
  fewKeys,
  targetRemoved,
  issuerChanged,
  drift,
  ...deletions,
  widenedInPlace,
  newKeyDemanded,
  inWindows,
  rollingOut,
  driftReported,
  driftRepaired,
  driftReissued,
  ...inAws,
  byPeople,
  peopleErr,
  probedPeople,
  grantWithdrawn,
  sourceRefused,
  promoted,
  ...reticents,
  ...withPeople,
  previousKey,
  previousKeyRolledBack,
  previousKeyLeaked,
  ...taken,
];
