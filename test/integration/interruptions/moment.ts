import { createSeededEntropy } from '../../doubles/seeded-entropy.ts';

/** The steps of the protocol by their numbers in docs/protocol.md. */
export const STEP_NAMES = {
  1: 'intent',
  2: 'issue',
  3: 'verify',
  4: 'publish',
  5: 'published',
  6: 'migrate',
  7: 'revoke intent',
  8: 'revoke',
  9: 'done',
} as const;

/** One of them. */
export type Step = keyof typeof STEP_NAMES;

/** All of them, in order. */
export const STEPS = [1, 2, 3, 4, 5, 6, 7, 8, 9] as const satisfies readonly Step[];

/** When the operator is interrupted: as soon as the step took effect in that rotation, or so much later. */
export interface Moment {
  readonly revision: number;
  readonly step: Step;
  /** 0: before the operator hears that the step took effect. */
  readonly laterMs: number;
}

const REVISIONS = [1, 2, 3] as const;
/** A first issue has no old key. */
const OF_FIRST_ISSUE: readonly Step[] = [1, 2, 3, 4, 5, 9];
/** About as long as a step takes. */
const LATER_MS = 40;

/** The moment of a seed from 1. Nine seeds in a row cover all steps; the first nine strike at once. */
export function momentOf(seed: number): Moment {
  const { random } = createSeededEntropy(seed);
  const step = STEPS[(seed - 1) % STEPS.length] as Step;
  const revisions = REVISIONS.filter((revision) => revision > 1 || OF_FIRST_ISSUE.includes(step));
  const revision = revisions[Math.floor(random() * revisions.length)] as number;
  return { revision, step, laterMs: seed <= STEPS.length ? 0 : random() * LATER_MS };
}
