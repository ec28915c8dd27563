import { adoption, consumersChange, shortened, specEdit, suspension } from './changing.ts';
import { hostileReports, podsComeAndGo } from './consumers.ts';
import { deletions } from './deleting.ts';
import { restoredStatus } from './outside-world.ts';
import { dropTarget, rollBack } from './requests.ts';
import { firstIssue, narrowed, overlap, requested, scheduled, severalTargets, widened } from './rotating.ts';
import type { Scenario } from './scenario.ts';

/** Every story that plans are made of. */
export const SCENARIOS: readonly Scenario[] = [
  firstIssue,
  requested,
  scheduled,
  narrowed,
  widened,
  severalTargets,
  overlap,
  consumersChange,
  suspension,
  specEdit,
  shortened,
  adoption,
  hostileReports,
  podsComeAndGo,
  rollBack,
  dropTarget,
  restoredStatus,
  ...deletions,
];
