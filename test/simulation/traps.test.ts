import { describe, expect, test } from 'vitest';
import { ISSUERS, STORES } from './plans/plan.ts';
import { run } from './plans/run.ts';
import { TRAPS } from './traps/all.ts';

describe.each(TRAPS)('$name: $says', ({ name, stores = STORES }) => {
  test.each([1, 2])('is survived at every issuer and store by %i operators', async (operators) => {
    for (const issuer of Object.keys(ISSUERS)) {
      for (const store of stores) {
        const { id, violations } = await run({
          scenario: name,
          issuer,
          store,
          operators,
          seed: 16 + operators,
          strikes: [],
        });
        expect({ id, violations }).toEqual({ id, violations: [] });
      }
    }
  });
});
