import { expect, test } from 'vitest';
import type { CallFault } from '../../doubles/outside-calls.ts';
import { begin } from '../world/story.ts';

/** What an operator asks before it has a rotation to work on. */
const CALLS = [
  'kube LIST apikeyrotations',
  'kube LIST apikeyissuers',
  'kube LIST keystores',
  'issuer check',
  'store check',
  'kube PUT status apikeyissuers',
  'kube PUT status keystores',
];

test.each(CALLS.flatMap((call) => (['DieBefore', 'DieAfter'] as const).map((type) => ({ call, type }))))(
  'an operator that dies at its first $call ($type) is followed by one that ends the first issue',
  async ({ call, type }) => {
    const fault: CallFault = { call, type, times: 1 };
    const story = begin();
    story.faults.push(fault);
    await story.firstKey();
    expect(fault.times).toBe(0);
    expect(story.live()).toEqual([story.serves()]);
    expect(story.wrong()).toEqual([]);
  },
);
