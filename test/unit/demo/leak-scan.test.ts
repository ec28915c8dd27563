import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findLeaks, withoutSecrets } from '../../../demo/leak-scan.ts';

const text = 'apio_live_abcDEF0123456789abcDEF0123456789abcDEF01';
const secrets = [
  { id: 'key_1', text },
  { id: 'key_2', text: 'apio_live_ZYXwvu9876543210ZYXwvu9876543210ZYXwvu98' },
];
const scan = (found: string) => findLeaks([{ channel: 'log', text: found }], secrets);

describe('the search for leaks', () => {
  it.each([
    ['alone', text],
    ['within a line', `{"msg":"call with ${text}, again"}`],
    ['in hex', `0x${Buffer.from(text).toString('hex')}`],
    ['in base64', Buffer.from(text).toString('base64')],
    ['in a header of HTTP Basic', Buffer.from(`user:${text}`).toString('base64')],
  ])('finds a key %s', (_case, found) => {
    expect(scan(found)).toEqual([{ channel: 'log', keyID: 'key_1' }]);
  });

  it('finds a key in base64 wherever it stands in what was encoded', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (before, after) => {
        expect(scan(Buffer.from(before + text + after).toString('base64url'))).toHaveLength(1);
      }),
    );
  });

  it('finds nothing in ids, fingerprints and the beginning of a key', () => {
    expect(scan(`key_1 1f16e18feb0d4c2a ${text.slice(0, -1)}`)).toEqual([]);
  });

  it('names each place and each key once', () => {
    const outputs = [
      { channel: 'Event demo/a', text: `${text} ${text}` },
      { channel: 'Event demo/a', text },
      { channel: 'metrics', text: `${text} ${secrets[1]?.text}` },
    ];
    expect(findLeaks(outputs, secrets)).toEqual([
      { channel: 'Event demo/a', keyID: 'key_1' },
      { channel: 'metrics', keyID: 'key_1' },
      { channel: 'metrics', keyID: 'key_2' },
    ]);
  });

  it('can show a line that holds a key without it', () => {
    expect(withoutSecrets(`a ${text} b ${text}`, secrets)).toBe('a [key_1] b [key_1]');
  });
});
