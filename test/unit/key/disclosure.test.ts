import { describe, expect, test } from 'vitest';
import { discloses, looksSwapped } from '../../../src/key/disclosure.ts';
import { SecretValue } from '../../../src/key/secret-value.ts';

const HEX = '0123456789abcdef0123456789abcdef';
const UUID = '01234567-89ab-cdef-0123-456789abcdef';
const TEXT = 'apio_live_bPiacn8OFuVMkduKy9FhPT88fq6D5xOKF5l2a1K5';

describe('whether an id gives its key away', () => {
  const rows: readonly [string, string, string, boolean][] = [
    ['another text', 'key_1', TEXT, false],
    ['the text itself', TEXT, TEXT, true],
    ['the text and more', `id-${TEXT}`, TEXT, true],
    ['all of it but a few letters', TEXT.slice(5), TEXT, true],
    ['a short number that stands in a short key', '17', 'a-key-with-17-and-few', false],
    ['a part, with as long a secret behind it', `SG.${HEX.slice(0, 22)}`, `SG.${HEX.slice(0, 22)}.${HEX}`, false],
    ['a UUID before its secret', UUID, `${UUID}:${HEX}`, false],
    ['one half of a short key', HEX.slice(0, 12), HEX.slice(0, 24), false],
    ['more than a half of a short key', HEX.slice(0, 13), HEX.slice(0, 24), true],
  ];
  test.each(rows)('%s', (_what, keyID, text, tells) => {
    expect(discloses(keyID, new SecretValue(text))).toBe(tells);
  });
});

describe('whether id and key look swapped', () => {
  const rows: readonly [string, string, string, boolean][] = [
    ['a short id', 'key_1', TEXT, false],
    ['an id as short as the key that stands in its place', 'key_1', 'short', false],
    ['a UUID and a longer key', UUID, TEXT, false],
    ['a UUID and a key of as many digits', UUID, HEX, false],
    ['the same the other way round', HEX, UUID, true],
    ['an id of 24 digits and a UUID as its key', HEX.slice(0, 24), UUID, false],
    ['the same the other way round', UUID, HEX.slice(0, 24), true],
    ['the text of a key beside an id', TEXT, 'key_0123456789abcdef', true],
    ['two texts of one length', HEX, `${HEX.slice(1)}f`, true],
  ];
  test.each(rows)('%s', (_what, keyID, text, looks) => {
    expect(looksSwapped(keyID, new SecretValue(text))).toBe(looks);
  });
});
