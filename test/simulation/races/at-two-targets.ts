import { severalTargets } from '../scenarios/rotating.ts';
import type { Scenario } from '../scenarios/scenario.ts';

/** A rotation that somebody asks for, of a key that stands at two places; a consumer reads at each. */
export const atTwoTargets: Pick<Scenario, 'prepare' | 'play'> = {
  ...(severalTargets.prepare && { prepare: severalTargets.prepare }),
  play: severalTargets.play,
};
