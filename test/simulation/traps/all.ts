import type { Scenario } from '../scenarios/scenario.ts';
import { keyInHand } from './key-in-hand.ts';
import { blackHole, hostileNamespace, peersAway, silentNeighbours } from './others.ts';
import { earlierReport, podsChange, tooLate } from './pods.ts';
import { copyGoesBack, takenBack } from './restarts.ts';
import { foreignKey, intended, manyRequests, newerProtocol, restored, sameKey } from './states.ts';
import { namesake, planted, putBackBehind, sameText, servedAgain } from './values.ts';
import { foreignApprovals, usedByNobody, usedEarly, usedOnceMore } from './witnesses.ts';

/** Stories that set a trap for one bug each. Mutants are sent into them; they are not multiplied by all faults. */
export const TRAPS: readonly Scenario[] = [
  podsChange,
  earlierReport,
  tooLate,
  putBackBehind,
  servedAgain,
  sameText,
  namesake,
  planted,
  newerProtocol,
  foreignKey,
  intended,
  restored,
  sameKey,
  manyRequests,
  keyInHand,
  blackHole,
  hostileNamespace,
  silentNeighbours,
  usedByNobody,
  usedEarly,
  usedOnceMore,
  foreignApprovals,
  ...peersAway,
  takenBack,
  copyGoesBack,
];
