import { describe, expect, test } from 'vitest';
import { parsePlan } from './plans/plan.ts';
import { RACES } from './races/all.ts';
import { basesOf, playRace } from './races/sweep.ts';

/** So many moments are tried with each issuer and store, other ones with each. */
const MOST = 6;

describe.each(RACES.map((race) => [race.name, race] as const))('%s', (_name, race) => {
  test(`${race.says}`, { timeout: 300_000 }, async () => {
    const wrong: string[] = [];
    let [runs, met] = [0, 0];
    for (const [turn, base] of basesOf(race, 21).entries()) {
      for await (const { id, violations, happened, struck } of playRace(race, base, MOST, turn)) {
        runs += 1;
        if (happened) met += 1;
        wrong.push(...violations.map((violation) => `${id}: ${violation}`));
        if (struck < parsePlan(id).strikes.length) wrong.push(`${id}: a planned fault did not strike`);
      }
    }
    console.log(`${race.name}: ${runs} runs, in ${met} of them they met`);
    expect(wrong).toEqual([]);
    expect(met).toBeGreaterThan(0);
  });
});
