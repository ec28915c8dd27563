import { expect, test } from 'vitest';
import { CallError } from '../../../src/http/call-error.ts';
import { createMessenger } from '../../../src/issuers/support/messenger.ts';
import { VirtualClock } from '../../doubles/virtual-clock.ts';

const MESSAGE = { text: 'Please issue an API key', rotation: 'payments/apio', requestID: 'cluster/uid/1.1' };

test.each([
  { named: undefined, againAfterMs: 300_000 },
  { named: 20, againAfterMs: 300_000 },
  { named: 3_600, againAfterMs: 3_600_000 },
])(
  'a receiver that is away, and names $named s, is asked again after $againAfterMs ms',
  async ({ named, againAfterMs }) => {
    const clock = new VirtualClock();
    let calls = 0;
    const tell = createMessenger(async () => {
      calls += 1;
      throw new CallError('unavailable', 'TooManyRequests', 'asked too often', {
        status: 429,
        retryAfterSeconds: named,
      });
    }, clock);
    await tell(MESSAGE);
    await clock.advance(againAfterMs - 1);
    expect(await tell(MESSAGE)).toContain('nobody was told by the webhook: asked too often');
    expect(calls).toBe(1);
    await clock.advance(1);
    await tell(MESSAGE);
    expect(calls).toBe(2);
  },
);

test.each([
  { named: 20, restsMs: 20_000 },
  { named: 3_600, restsMs: 60_000 },
])('a receiver that names $named s is told of nothing else for $restsMs ms', async ({ named, restsMs }) => {
  const clock = new VirtualClock();
  const called: string[] = [];
  const tell = createMessenger(async ({ requestID }) => {
    called.push(requestID);
    if (called.length > 1) return;
    throw new CallError('unavailable', 'TooManyRequests', 'asked too often', { retryAfterSeconds: named });
  }, clock);
  const other = { ...MESSAGE, requestID: 'cluster/uid/2.1' };
  await tell(MESSAGE);
  await clock.advance(restsMs - 1);
  expect(await tell(other)).toContain('nobody was told by the webhook: asked too often');
  await clock.advance(1);
  expect(await tell(other)).toBeUndefined();
  expect(called).toEqual([MESSAGE.requestID, other.requestID]);
});
