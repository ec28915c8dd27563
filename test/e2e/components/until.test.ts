import { expect, test } from 'vitest';
import { until } from './until.ts';

const PATIENCE = { what: 'a word', timeoutMs: 0, everyMs: 0 };

test('what does not come is told with the error of the last look, its causes, and what the caller saw last', async () => {
  const look = () => {
    throw new TypeError('fetch failed', { cause: new Error('unable to get issuer certificate') });
  };
  await expect(until(look, { ...PATIENCE, last: () => 'the server is running' })).rejects.toThrow(
    `did not come within 0 ms: a word. TypeError: fetch failed
Error: unable to get issuer certificate
the server is running`,
  );
});

test('an error of an earlier look is not told', async () => {
  let looks = 0;
  const look = () => {
    looks += 1;
    if (looks === 1) throw new Error('not there yet');
    return undefined;
  };
  const message = await until(look, { ...PATIENCE, timeoutMs: 5 }).catch(String);
  expect(message).toBe('Error: did not come within 5 ms: a word. ');
});
