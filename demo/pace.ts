/** How fast the story goes. All in milliseconds. */
export interface Pace {
  /** How often consumers look into Vault. */
  readonly pollMs: number;
  /** How long a consumer takes to adopt a key that it has found, in the order of the consumers. */
  readonly adoptMs: readonly number[];
  /** How long the slow consumer takes in the requested rotation. */
  readonly slowMs: number;
  /** Between two chapters, and before the counting ends. */
  readonly restMs: number;
}

/** Slow enough to read along. The operator writes progress at most every 10 s: the slow one is still missing then. */
export const READABLE: Pace = { pollMs: 500, adoptMs: [300, 700, 1_100], slowMs: 11_500, restMs: 1_000 };

/** No slower than it takes to show the same. */
export const FAST: Pace = { pollMs: 100, adoptMs: [70, 85, 100], slowMs: 400, restMs: 100 };

/** What every consumer process aims at; what the verdict asks for is 50. */
export const CALLS_PER_SECOND = 60;
