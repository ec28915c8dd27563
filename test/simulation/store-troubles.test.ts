import { expect, test } from 'vitest';
import { isStoreCall, troublesAt } from './kernel/store-troubles.ts';
import type { StoreKind } from './kernel/world.ts';
import type { Plan } from './plans/plan.ts';
import { run } from './plans/run.ts';

/** Seconds, on a machine that has nothing else to do. */
const TIMEOUT_MS = 600_000;

/** Enough to meet each look and each write of a rotation, and of one in haste; `npm run simulate` tells all stories. */
const STORIES: readonly (readonly [scenario: string, store: StoreKind])[] = [
  ['requested', 'Vault'],
  ['requested', 'KubernetesSecret'],
  ['emergency-current', 'Vault'],
];

test.each(STORIES)(
  '%s in %s breaks no promise, whenever the store is in trouble',
  {
    timeout: TIMEOUT_MS,
  },
  async (scenario, store) => {
    const plan: Plan = { scenario, issuer: 'replay-id', store, operators: 2, seed: 18, strikes: [] };
    const { calls } = await run(plan);
    const plans = calls.flatMap((call, index) =>
      isStoreCall(call)
        ? troublesAt(call).map((fault): Plan => ({ ...plan, strikes: [{ type: 'Call', at: index + 1, fault }] }))
        : [],
    );
    const broken: Record<string, readonly string[]> = {};
    for (const each of plans) {
      const { id, violations, struck } = await run(each);
      if (violations.length > 0 || struck === 0) broken[id] = violations;
    }
    expect(plans.length).toBeGreaterThan(20);
    expect(broken).toEqual({});
  },
);
