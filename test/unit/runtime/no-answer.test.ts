import { expect, test } from 'vitest';
import { ExchangeExpired } from '../../../src/http/exchange.ts';
import { toCallError } from '../../../src/runtime/kube/no-answer.ts';

test('a write whose time is over is in doubt, unless it had surely not left', () => {
  const write = { method: 'PUT', what: 'Secret ns/s', quotable: false };
  const errorOf = (mayBeSent: boolean) => toCallError(new ExchangeExpired(mayBeSent), write, 50);
  expect(errorOf(true)).toMatchObject({ outcome: 'unknown', reason: 'RequestTimedOut' });
  expect(errorOf(false)).toMatchObject({ outcome: 'unavailable', reason: 'RequestTimedOut' });
  expect(errorOf(false).message).toBe(
    'PUT Secret ns/s: no credential or no connection to the Kubernetes API within 50 ms; nothing was sent',
  );
});
