import { describe, expect, test } from 'vitest';
import { type Entry, formatRegister, parseRegister, withEntry } from '../../../src/issuers/support/register.ts';

const entry = (n: number, change: Partial<Entry> = {}): Entry => ({
  label: `inst/uid/${n}.1`,
  environment: 'Live',
  permissions: ['read'],
  askedAt: '2030-01-01T00:00:00Z',
  ...change,
});
const delivered = (n: number, change: Partial<Entry> = {}) =>
  entry(n, { keyID: `k${n}`, fingerprint: 'f'.repeat(16), deliveredAt: '2030-01-01T00:00:00Z', ...change });

describe('the register of what people gave', () => {
  test('is read as it was written', () => {
    const register = [entry(1), delivered(2, { revokedAt: '2030-01-02T00:00:00Z' })];
    expect(parseRegister(formatRegister(register))).toEqual(register);
  });

  test.each(['', 'null', '{}', '[1]', '[{"label":"x"}]'])('%j is none: nothing is taken for an empty one', (text) => {
    expect(parseRegister(text)).toBe(undefined);
  });

  test('has one entry an attempt, the last one written', () => {
    expect(withEntry([entry(1), entry(2)], delivered(1))).toEqual([entry(2), delivered(1)]);
  });

  test('that is full forgets the oldest that nobody needs, and never a key that lives', () => {
    const dead = Array.from({ length: 250 }, (_, n) => delivered(n, { revokedAt: '2030-01-02T00:00:00Z' }));
    const living = Array.from({ length: 250 }, (_, n) => delivered(1_000 + n));
    const full = [...living, ...dead];
    const next = withEntry(full, entry(9_999));
    expect(next).toHaveLength(500);
    expect(next.filter(({ revokedAt, keyID }) => keyID && !revokedAt)).toHaveLength(250);
    expect(next.map(({ label }) => label)).not.toContain(dead[0]?.label);
  });
});
