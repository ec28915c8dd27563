import { describe, expect, test } from 'vitest';
import { RACES } from './races/all.ts';
import { basesOf, playRace } from './races/sweep.ts';

/** So many moments are tried with each issuer and store, other ones with each. */
const MOST = 12;

describe.each(RACES.map((race) => [race.name, race] as const))('%s', (_name, race) => {
  test(`${race.says}`, { timeout: 300_000 }, async () => {
    const wrong: string[] = [];
    let [runs, met] = [0, 0];
    for (const [turn, base] of basesOf(race, 21).entries()) {
      for await (const { id, violations, happened } of playRace(race, base, MOST, turn)) {
        runs += 1;
        if (happened) met += 1;
        wrong.push(...violations.map((violation) => `${id}: ${violation}`));
      }
    }
    console.log(`${race.name}: ${runs} runs, in ${met} of them they met`);
    expect(wrong).toEqual([]);
    expect(met).toBeGreaterThan(0);
  });
});
