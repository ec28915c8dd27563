import fc from 'fast-check';
import { expect, test } from 'vitest';
import { withoutManagedFields } from '../../../src/runtime/kube/managed-fields.ts';

/** Names and texts that look like what is cut out, or like its end. */
const text = fc.oneof(
  fc.constantFrom(
    'managedFields',
    '"managedFields',
    ',"managedFields',
    ',"managedFields":[',
    '\\',
    '\\"',
    ']',
    '}]',
    '€🔑',
  ),
  fc.string({ unit: 'grapheme' }),
);
const json = fc.letrec<{ value: unknown; object: object; list: unknown[] }>((tie) => ({
  value: fc.oneof({ depthSize: 'small' }, text, fc.integer(), fc.constant(null), tie('object'), tie('list')),
  object: fc.dictionary(text, tie('value'), { maxKeys: 4 }),
  list: fc.array(tie('value'), { maxLength: 4 }),
})).value;

test('nothing else is lost or changed, whatever texts and names there are', () => {
  fc.assert(
    fc.property(json, (value) => {
      const sent = JSON.stringify(value);
      expect(JSON.parse(withoutManagedFields(sent), without)).toEqual(JSON.parse(sent, without));
    }),
    { numRuns: 2_000 },
  );
});

test.each([
  ['in the middle', { uid: 'b' }],
  ['at the end', {}],
])('they are gone of each object of a list, where they stand %s', (_, behind) => {
  const fields = (size: number) =>
    Object.fromEntries(Array.from({ length: size }, (__, at) => [`k:{"type":"]${at}\\"}`, { 'f:reason': {} }]));
  const managedFields = [
    { manager: 'kubectl', fieldsV1: fields(3) },
    { manager: 'we', fieldsV1: fields(30_000) },
  ];
  const item = { metadata: { name: 'a', managedFields, ...behind }, spec: { a: [1] } };
  const left = { metadata: { name: 'a', ...behind }, spec: { a: [1] } };
  const list = { items: [item, item], metadata: { resourceVersion: '7' } };
  expect(withoutManagedFields(JSON.stringify(list))).toBe(JSON.stringify({ ...list, items: [left, left] }));
});

test('a text that breaks off cannot be parsed afterwards either', () => {
  const sent = JSON.stringify({ metadata: { name: 'a', managedFields: [{ manager: 'b"' }], uid: 'c' } });
  for (let length = 1; length < sent.length; length += 1) {
    expect(() => JSON.parse(withoutManagedFields(sent.slice(0, length)))).toThrow(SyntaxError);
  }
});

function without(name: string, value: unknown): unknown {
  return name === 'managedFields' ? undefined : value;
}
