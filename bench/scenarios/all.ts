import type { Scenario } from '../stage.ts';
import { blackHole } from './black-hole.ts';
import { coldStart } from './cold-start.ts';
import { crowd } from './crowd.ts';
import { dueAtOnce } from './due-at-once.ts';
import { dueInAMinute } from './due-in-a-minute.ts';
import { growth } from './growth.ts';
import { growthOnSandbox } from './growth-on-sandbox.ts';
import { idle } from './idle.ts';
import { reaction } from './reaction.ts';

/** In the order of their letters. */
export const SCENARIOS: readonly Scenario[] = [
  dueAtOnce,
  dueInAMinute,
  idle,
  coldStart,
  reaction,
  blackHole,
  growth,
  crowd,
  growthOnSandbox,
];
