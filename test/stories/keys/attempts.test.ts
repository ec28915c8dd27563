import { expect, test } from 'vitest';
import type { CallFault } from '../../doubles/outside-calls.ts';
import { begin, type Story } from '../world/story.ts';
import { PODS } from '../world/world.ts';

test.each([
  ['with an organization', 'acme'],
  ['without one', undefined],
])(
  'members in another order than we wrote them are no change of the plan: one attempt is enough, %s',
  async (_what, organization) => {
    const key = { environment: 'Live', permissions: ['payments:read'], ...(organization && { organization }) };
    const story = begin({ spec: { key } });
    await story.firstKey();
    expect(story.status().attempt).toBe(1);
    story.consume(...PODS);
    story.annotate({ rotate: 'a' });
    await story.done(2);
    expect(story.status()).toMatchObject({ attempt: 1, history: [{ attempts: 1 }, { attempts: 1 }] });
    expect(story.issued()).toBe(2);
    expect(story.wrong()).toEqual([]);
  },
);

/** A rotation whose first calls of a kind meet this. */
async function play(fault: CallFault): Promise<Story> {
  const story = begin();
  await story.firstKey();
  story.consume(...PODS);
  story.faults.push(fault);
  story.annotate({ rotate: 'a' });
  await story.done(2);
  return story;
}

test('an issue call that was surely not carried out costs no attempt', async () => {
  const story = await play({ call: 'issuer issue', type: 'Unavailable', times: 3 });
  expect(story.status()).toMatchObject({ revision: 2, attempt: 1 });
  expect(story.issued()).toBe(2);
});

test('the key of an issue call whose answer was lost is revoked, never published', async () => {
  const story = await play({ call: 'issuer issue', type: 'LoseAnswer', times: 1 });
  expect(story.issued()).toBe(3);
  const [, orphan] = story.world.apio.keys.filter((key) => key.label);
  expect(story.world.vault.held().some(({ data }) => data.key === orphan?.text)).toBe(false);
  expect(story.status().history?.[0]?.attempts).toBe(3);
});

test("a lost answer to the claim's own status write does not cost the time after which others take over", async () => {
  const story = begin();
  story.faults.push({ call: 'kube PUT status apikeyrotations', type: 'LoseAnswer', times: 1 });
  const from = story.world.clock.now();
  await story.firstKey();
  expect(story.faults).toMatchObject([{ times: 0 }]);
  expect(story.status()).toMatchObject({ revision: 1, attempt: 1 });
  expect(story.world.clock.now() - from).toBeLessThan(10_000);
  expect(story.wrong()).toEqual([]);
});
