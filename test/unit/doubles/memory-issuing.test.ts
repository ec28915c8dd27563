import { expect, test } from 'vitest';
import { ApioEngine } from '../../../sandbox/apio/engine/apio-engine.ts';
import type { IssuerCapabilities } from '../../../src/issuers/port.ts';
import { createMemoryIssuer } from '../../doubles/memory-issuer.ts';
import { createOutsideCalls } from '../../doubles/outside-calls.ts';
import { createSeededEntropy } from '../../doubles/seeded-entropy.ts';

const ATTEMPT = { installation: 'sim', uid: 'u', revision: 1, attempt: 1 };
const SPEC = { environment: 'Live', permissions: ['payments:read'] };
const HOUR_MS = 3_600_000;

function issuerWith(capabilities: IssuerCapabilities) {
  let now = 0;
  const engine = new ApioEngine({ now: () => now, ...createSeededEntropy(1) });
  const outside = createOutsideCalls().process();
  const issuer = createMemoryIssuer(engine, engine.createManager('Live', 'acme').text, outside, capabilities);
  return {
    issuer,
    pass(ms: number) {
      now += ms;
    },
  };
}

test.each([
  [{ replay: 'Full', list: true }, HOUR_MS, 'Issued the same'],
  [{ replay: 'ID', list: true }, HOUR_MS, 'Replayed the same'],
  [{ replay: 'None', list: true }, 0, 'Issued another'],
  [{ replay: 'Full', list: true, replayWindowMs: HOUR_MS }, HOUR_MS - 1, 'Issued the same'],
  [{ replay: 'Full', list: true, replayWindowMs: HOUR_MS }, HOUR_MS, 'Issued another'],
  [{ replay: 'ID', list: true, replayWindowMs: HOUR_MS }, HOUR_MS, 'Issued another'],
] as const)('a repeat at an issuer with %o after %i ms: %s', async (capabilities, ms, expected) => {
  const { issuer, pass } = issuerWith(capabilities);
  const first = await issuer.issue(ATTEMPT, SPEC);
  pass(ms);
  const second = await issuer.issue(ATTEMPT, SPEC);
  const idOf = (result: typeof first) => (result.type === 'Replayed' ? result.keyID : result.record.keyID);
  expect(`${second.type} ${idOf(second) === idOf(first) ? 'the same' : 'another'}`).toBe(expected);
});

test('an issuer that forgot a call remembers the one that followed', async () => {
  const { issuer, pass } = issuerWith({ replay: 'ID', list: true, replayWindowMs: HOUR_MS });
  await issuer.issue(ATTEMPT, SPEC);
  pass(HOUR_MS);
  expect((await issuer.issue(ATTEMPT, SPEC)).type).toBe('Issued');
  expect((await issuer.issue(ATTEMPT, SPEC)).type).toBe('Replayed');
});

test('a limit of keys is a refusal until one of them is dead', async () => {
  const { issuer } = issuerWith({ replay: 'ID', list: true, maxKeys: 1 });
  const first = await issuer.issue(ATTEMPT, SPEC);
  expect(first.type === 'Issued' && first.record.keyID).toBeTruthy();
  const another = () => issuer.issue({ ...ATTEMPT, attempt: 2 }, SPEC);
  await expect(another()).rejects.toMatchObject({ outcome: 'refused', reason: 'TooManyKeys' });
  if (first.type === 'Issued') await issuer.revoke(first.record.keyID);
  expect((await another()).type).toBe('Issued');
});

test('an issuer that cannot list refuses to', async () => {
  const { issuer } = issuerWith({ replay: 'ID', list: false });
  await expect(issuer.list(ATTEMPT)).rejects.toMatchObject({ outcome: 'refused' });
});
