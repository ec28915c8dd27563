import { ATTEMPT_MUTANTS } from './attempts.ts';
import { PEOPLE_MUTANTS } from './by-people.ts';
import { DRIFT_MUTANTS } from './drift.ts';
import { EVIDENCE_MUTANTS } from './evidence.ts';
import { AWS_MUTANTS } from './in-aws.ts';
import { MACHINERY_MUTANTS } from './machinery.ts';
import type { Mutant } from './mutant.ts';
import { OUTSIDE_MUTANTS } from './outside.ts';
import { PREVIOUS_KEY_MUTANTS } from './previous-key.ts';
import { RETICENT_MUTANTS } from './reticent.ts';
import { REVOCATION_MUTANTS } from './revocation.ts';
import { ROLLOUT_MUTANTS } from './rolling-out.ts';
import { STORE_TROUBLE_MUTANTS } from './store-troubles.ts';
import { TARGET_MUTANTS } from './targets.ts';
import { WINDOW_MUTANTS } from './windows.ts';

/** Every known bug, in the order in which they are told. */
export const MUTANTS: readonly Mutant[] = [
  ...ATTEMPT_MUTANTS,
  ...TARGET_MUTANTS,
  ...EVIDENCE_MUTANTS,
  ...ROLLOUT_MUTANTS,
  ...REVOCATION_MUTANTS,
  ...STORE_TROUBLE_MUTANTS,
  ...MACHINERY_MUTANTS,
  ...OUTSIDE_MUTANTS,
  ...WINDOW_MUTANTS,
  ...AWS_MUTANTS,
  ...DRIFT_MUTANTS,
  ...PEOPLE_MUTANTS,
  ...RETICENT_MUTANTS,
  ...PREVIOUS_KEY_MUTANTS,
];
