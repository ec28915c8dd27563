import { expect, test } from 'vitest';
import { decide } from '../../../src/rotation/decide.ts';
import { factsOf, idle, issuing, migrating, PENDING, recorded } from './facts.ts';

const rotate = { annotations: { 'apikeyrotation.io/rotate': 'a' } };
test.each([
  ['attemptAt', { status: issuing({ attemptAt: 'yesterday' }) }],
  [
    'startedAt with a deadline',
    { status: migrating({ startedAt: '' }), spec: { migration: { deadline: '1h' } }, evidence: [PENDING] },
  ],
  [
    'publishedAt with an overlap',
    { status: migrating({ publishedAt: 'x' }), spec: { withoutEvidence: { overlap: '1h' } } },
  ],
  ['issueCalls', { status: idle({ issueCalls: Array(6).fill('x') }), ...rotate }],
  [
    'expiresAt with renewBefore',
    { status: idle({ current: recorded('k1', { expiresAt: 'x' }) }), spec: { renewBefore: '1h' } },
  ],
])('decide answers although %s cannot be read', (_what, given) => {
  expect(() => decide(factsOf(given))).not.toThrow();
});
