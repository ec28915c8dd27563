import { describe, expect, test } from 'vitest';
import { KEY_CHARACTERS } from '../../../sandbox/apio/engine/apio-engine.ts';
import { createSeededEntropy } from '../../doubles/seeded-entropy.ts';
import { givesAway, telltale } from './telltale.ts';

const random = telltale(createSeededEntropy(7).random);
const SECRET = Array.from({ length: 40 }, () =>
  KEY_CHARACTERS.charAt(Math.floor(random() * KEY_CHARACTERS.length)),
).join('');
const KEY = `apio_live_${SECRET}`;
const encoded = (text: string, encoding: BufferEncoding) => Buffer.from(text).toString(encoding);

describe('a key gives itself away', () => {
  test.each([
    ['as it is', KEY],
    ['in the middle of a sentence', `the key ${KEY} is refused`],
    ['by any twelve of its letters', `...${SECRET.slice(13, 25)}...`],
    ['in base64', encoded(KEY, 'base64')],
    ['in base64url', encoded(KEY, 'base64url')],
    ['in base64 with one letter before it', encoded(`a${KEY}`, 'base64')],
    ['in base64 with two letters before it', encoded(`ab${KEY}`, 'base64')],
    ['in hex', encoded(KEY, 'hex')],
    ['in JSON within base64', encoded(JSON.stringify({ key: SECRET.slice(0, 14) }), 'base64')],
  ])('%s', (_how, text) => {
    expect(givesAway(text)).toBe(true);
  });

  test.each([
    ['a fingerprint', '3f2a9c0158ab4a51'],
    ['a uid', '00000000-0000-4000-8000-000007000006'],
    ['a few letters of it', SECRET.slice(0, 8)],
    [
      'a sentence',
      'issuer list: cannot connect; kubectl annotate apikeyrotation apio apikeyrotation.io/rotate=x --overwrite',
    ],
  ])('and %s does not', (_what, text) => {
    expect(givesAway(text)).toBe(false);
  });
});
