import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sameValue } from '../../../src/rotation/same-value.ts';

test.each([
  ['members in another order', { a: 1, b: { c: [1], d: 2 } }, { b: { d: 2, c: [1] }, a: 1 }],
  ['members in another order within a list', [{ a: 1, b: 2 }], [{ b: 2, a: 1 }]],
  ['a member without a value, which JSON does not write', { a: 1, b: undefined }, { a: 1 }],
  ['nothing at all', undefined, undefined],
  ['null', null, null],
])('%s makes no difference', (_what, a, b) => {
  expect(sameValue(a, b)).toBe(true);
});

test.each([
  ['another value', { a: 1 }, { a: 2 }],
  ['a value deep down', { a: { b: { c: 'x' } } }, { a: { b: { c: 'y' } } }],
  ['a member more', { a: 1 }, { a: 1, b: 2 }],
  ['null where nothing was', { a: null }, {}],
  ['another order of a list', [1, 2], [2, 1]],
  ['a list instead of an object', [], {}],
  ['a text instead of a number', '1', 1],
  ['something instead of nothing', {}, undefined],
])('%s makes a difference', (_what, a, b) => {
  expect(sameValue(a, b)).toBe(false);
  expect(sameValue(b, a)).toBe(false);
});

test('a JSON value is the same as itself with its members turned round', () => {
  fc.assert(fc.property(fc.jsonValue(), (value) => sameValue(value, turnedRound(value))));
});

function turnedRound(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(turnedRound);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).reverse();
  return Object.fromEntries(entries.map(([key, item]) => [key, turnedRound(item)]));
}
