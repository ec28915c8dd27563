import { expect, test } from 'vitest';
import { formatMarker, parseMarker } from '../../../src/key/marker.ts';

const MARKER = { installation: 'inst', uid: 'uid-1', revision: 2, attempt: 1, keyID: 'k2' };

test('a marker is read back as it was written', () => {
  expect(parseMarker(formatMarker(MARKER))).toEqual(MARKER);
});

test.each([
  ['no JSON', 'k2'],
  ['no object', 'null'],
  ['no key id', JSON.stringify({ ...MARKER, keyID: undefined })],
  ['a revision in words', JSON.stringify({ ...MARKER, revision: '2' })],
  ['half an attempt', JSON.stringify({ ...MARKER, attempt: 0.5 })],
  ['a revision below nothing', JSON.stringify({ ...MARKER, revision: -1 })],
  ['a revision that no label can name', JSON.stringify({ ...MARKER, revision: 1_000_000_000 })],
])('what has %s is none', (_, text) => {
  expect(parseMarker(text)).toBeUndefined();
});
