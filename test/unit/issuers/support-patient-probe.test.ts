import { expect, test } from 'vitest';
import { CallError } from '../../../src/http/call-error.ts';
import { createPatientProbe } from '../../../src/issuers/support/patient-probe.ts';
import { SecretValue } from '../../../src/key/secret-value.ts';
import { VirtualClock } from '../../doubles/virtual-clock.ts';

test.each([
  { named: 7, restsMs: 7_000 },
  { named: 3_600, restsMs: 60_000 },
])('a probe that names $named s is not asked for $restsMs ms, whatever about', async ({ named, restsMs }) => {
  const clock = new VirtualClock();
  let asked = 0;
  const probe = createPatientProbe(async () => {
    asked += 1;
    if (asked > 1) return true;
    throw new CallError('unavailable', 'TooManyRequests', 'asked too often', { status: 429, retryAfterSeconds: named });
  }, clock);
  const key = new SecretValue('a-key-that-somebody-gave');
  await expect(probe(key)).rejects.toThrow('asked too often');
  await clock.advance(restsMs - 1_000);
  await expect(probe(key)).rejects.toMatchObject({ message: 'asked too often', retryAfterSeconds: 1 });
  expect(asked).toBe(1);
  await clock.advance(1_000);
  expect(await probe(key)).toBe(true);
});
