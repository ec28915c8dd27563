/** What became of some plans. */
export interface Tally {
  plans: number;
  /** Keys that our processes issued: each took a rotation. */
  keys: number;
  /** Planned faults that came too late to strike. */
  missed: number;
  /** Plans with a fault that came to what their story is about. */
  met: number;
  /** Plans that broke something. */
  failed: number;
  /** The first of these. */
  failures: readonly Failure[];
}

/** A plan that broke something, with what it broke. */
export interface Failure {
  readonly id: string;
  readonly violations: readonly string[];
}

/** Failures that are kept: more of them say no more, and memory is bounded. */
const MOST_KEPT = 20;

/** Counts plans, and what others have counted. */
export interface Counter {
  readonly sum: Tally;
  count(outcome: Failure, figures: Pick<Tally, 'keys' | 'missed' | 'met'>): void;
  add(tally: Tally): void;
}

/** A counter at zero. */
export function createTally(): Counter {
  const sum: Tally = { plans: 0, keys: 0, missed: 0, met: 0, failed: 0, failures: [] };
  const add = ({ plans, keys, missed, met, failed, failures }: Tally) => {
    sum.plans += plans;
    sum.keys += keys;
    sum.missed += missed;
    sum.met += met;
    sum.failed += failed;
    sum.failures = [...sum.failures, ...failures].slice(0, MOST_KEPT);
  };
  return {
    sum,
    add,
    count(outcome, figures) {
      const failures = outcome.violations.length > 0 ? [outcome] : [];
      add({ plans: 1, ...figures, failed: failures.length, failures });
    },
  };
}
