import { describe, expect, test } from 'vitest';
import type { DeclaredKey } from '../../../src/issuers/http/declaration.ts';
import { readLabel, writeLabel } from '../../../src/issuers/http/label.ts';
import { pointTo } from '../../../src/issuers/http/pointer.ts';
import { readKeyRecord, readLastUse } from '../../../src/issuers/http/record.ts';
import { parseAttemptId } from '../../../src/key/attempt-id.ts';

const DECLARED: DeclaredKey = {
  keyID: '/id',
  label: '/name',
  permissions: { pointer: '/scopes' },
  issuedAt: '/created',
  expiresAt: '/expires',
  states: [
    { pointer: '/revoked', equals: 'true', state: 'Revoked' },
    { pointer: '/state', equals: 'EXPIRED', state: 'Expired' },
  ],
};
const TOLD = { id: 'k1', name: 'here/u1/1.1', scopes: ['read'] };
const read = (told: object, declared: Partial<DeclaredKey> = {}) =>
  readKeyRecord({ ...DECLARED, ...declared }, 'Live', { ...TOLD, ...told });

describe('what a vendor tells of a key', () => {
  test.each([
    ['an id that is a number', { id: 42 }, { keyID: '42' }],
    ['a state that is true', { revoked: true }, { status: 'Revoked' }],
    ['a state that is a word', { state: 'EXPIRED' }, { status: 'Expired' }],
    ['a state that nobody declared', { state: 'SUSPENDED' }, { status: 'Active' }],
    ['a date', { expires: '2031-02-03' }, { expiresAt: '2031-02-03T00:00:00.000Z' }],
    ['seconds since 1970', { created: 1_900_000_000 }, { issuedAt: '2030-03-17T17:46:40.000Z' }],
    ['milliseconds since 1970', { created: 1_900_000_000_000 }, { issuedAt: '2030-03-17T17:46:40.000Z' }],
  ])('may be %s', (_what, told, expected) => expect(read(told)).toMatchObject(expected));

  test.each([
    ['no id', { id: undefined }],
    ['an id that would lead elsewhere', { id: '../other' }],
    ['an id with a fraction', { id: 1.5 }],
    ['permissions that are no list of texts', { scopes: [{ name: 'read' }] }],
    ['no permissions', { scopes: undefined }],
  ])('with %s does not describe it', (_what, told) => expect(read(told)).toBeUndefined());

  test.each([
    ['k[0-9]+', 'k1'],
    ['[0-9]+', undefined],
    ['k', undefined],
  ])('with ids that look like %s has the id %s', (keyIDPattern, keyID) => {
    expect(read({}, { keyIDPattern })?.keyID).toBe(keyID);
  });

  test.each([null, 0, '', 'never'])('%j is no time at which it ends', (expires) => {
    expect(read({ expires })).not.toHaveProperty('expiresAt');
  });

  test('may have permissions that are objects, and some of its own', () => {
    const permissions = { pointer: '/scopes', member: 'id', ignored: ['2fa_required'] };
    const told = { scopes: [{ id: 'dns', name: 'DNS' }, { id: '2fa_required' }] };
    expect(read(told, { permissions })).toMatchObject({ permissions: ['dns'] });
  });
});

describe('when a key was used last', () => {
  const lastUse = (used: unknown) => readLastUse({ ...DECLARED, lastUsedAt: '/used' }, { ...TOLD, used });

  test.each([
    ['2031-02-03T04:05:06Z', '2031-02-03T04:05:06.000Z'],
    ['2031-02-03', '2031-02-03T00:00:00.000Z'],
    [1_900_000_000, '2030-03-17T17:46:40.000Z'],
  ])('is told as %j', (used, lastUsedAt) => expect(lastUse(used)).toEqual({ lastUsedAt }));

  test.each([null, undefined, 0, ''])('%j means never', (used) => expect(lastUse(used)).toEqual({}));

  test.each(['recently', '0001-01-01T00:00:00Z', true, {}])('%j is neither a time nor never', (used) => {
    expect(Date.parse(lastUse(used).lastUsedAt ?? '2030-01-01')).toBeNaN();
  });

  test('is not told where nobody declared where it is', () => {
    expect(Date.parse(readLastUse(DECLARED, TOLD).lastUsedAt ?? '2030-01-01')).toBeNaN();
  });
});

describe('a JSON Pointer', () => {
  const document = { 'a/b': { '~': [{ x: 1 }] }, '': 2 };
  test.each([
    ['', document],
    ['/a~1b/~0/0/x', 1],
    ['/', 2],
    ['/a~1b/~0/00', undefined],
    ['/a~1b/~0/-1', undefined],
    ['/constructor', undefined],
    ['/a~1b/~0/length', undefined],
  ])('%j leads to %j', (pointer, expected) => expect(pointTo(document, pointer)).toEqual(expected));
});

describe('a label', () => {
  const attempt = { installation: 'a.b_c', uid: '3f1e-77', revision: 12, attempt: 3 };
  test.each(['/', '.', ':', '_'] as const)('with %s between its parts is read as it was written', (separator) => {
    const written = writeLabel(attempt, separator);
    expect(parseAttemptId(readLabel(written, separator))).toEqual(attempt);
  });
  test('of somebody else is left as it is', () => {
    expect(readLabel('my.own.token', '.')).toBe('my.own.token');
  });
});
