import { expect, test } from 'vitest';
import type { ApiKeyRotation } from '../../../src/api/types.ts';
import { type BaseFactsDeps, createBaseFacts } from '../../../src/operator/rotation/gather/base-facts.ts';
import { factsOf } from '../rotation/facts.ts';

/** `count` rotations each of which waits for the next, the last for the one with the number `end`; and how many of them were looked at. */
function chain(count: number, end: number) {
  const { object, limits } = factsOf();
  const rotations = new Map(
    Array.from({ length: count }, (_, at): [string, ApiKeyRotation] => {
      const after = { rotationRef: { name: `r${at + 1 === count ? end : at + 1}` }, soak: '0s' };
      const { metadata, spec } = object;
      return [`team/r${at}`, { ...object, metadata: { ...metadata, name: `r${at}` }, spec: { ...spec, after } }];
    }),
  );
  const asked: string[] = [];
  const deps: Partial<{ [K in keyof BaseFactsDeps]: object | string }> = {
    installation: 'inst',
    limits,
    serverTime: { upperBound: () => 0, lowerBound: () => 0 },
    entropy: { uuid: () => 'a claim' },
    planner: { resolve: () => ({ type: 'Unresolved', reason: 'none', message: 'none' }), places: () => [] },
    places: { findOther: () => undefined },
    issueCalls: { note() {}, count: () => 0, of: () => [] },
    rotations: {
      get(key: string) {
        asked.push(key);
        return rotations.get(key);
      },
    },
    leadsSince: () => undefined,
  };
  const first = rotations.get('team/r0') ?? expect.fail('there is none');
  const { after } = createBaseFacts(deps as BaseFactsDeps)(first, {});
  return { circle: after?.circle, tooMany: after?.tooMany, asked };
}

test('those who wait for one another are named, from this one on', () => {
  expect(chain(3, 0).circle).toEqual(['r0', 'r1', 'r2']);
  expect(chain(100, 0).circle).toHaveLength(100);
});

test('a circle further ahead is the affair of those in it', () => {
  expect(chain(3, 1).circle).toBeUndefined();
});

test('a chain is followed for a hundred steps at most, and one that goes on is told so', () => {
  const { circle, tooMany, asked } = chain(5_000, 0);
  expect([circle, tooMany]).toEqual([undefined, 100]);
  expect(chain(100, 1)).toMatchObject({ circle: undefined, tooMany: undefined });
  expect(asked.length).toBeLessThan(110);
});
