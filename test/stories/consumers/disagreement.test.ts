import { expect, test } from 'vitest';
import { begin } from '../world/story.ts';

const MINUTE_MS = 60_000;

test('two operators that see a wait differently do not write their statuses against each other without end', async () => {
  const story = begin({ operators: 2, spec: { key: { environment: 'Live', permissions: ['Not A Permission'] } } });
  story.create();
  await story.world.clock.advance(5_000);
  const writes = () => story.world.calls.filter((call) => call === 'kube PUT status apikeyrotations').length;
  const before = writes();
  await story.world.clock.advance(10 * MINUTE_MS);
  expect(writes() - before).toBeLessThan(150);
  expect(story.wrongSoFar()).toEqual([]);
});
