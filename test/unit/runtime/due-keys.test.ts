import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createDueKeys, type DueKeys } from '../../../src/runtime/due-keys.ts';

/** All of them, in turn. */
function taken(keys: DueKeys): readonly string[] {
  const all: string[] = [];
  for (let next = keys.first(); next; next = keys.first()) {
    all.push(`${next.key}@${next.due}`);
    keys.delete(next.key);
  }
  return all;
}

test('keys come in the order in which they are due, equal ones in the order in which they were put in', () => {
  const keys = createDueKeys();
  for (const [key, due] of [
    ['c', 5],
    ['a', 1],
    ['d', 5],
    ['b', 1],
    ['e', 3],
  ] as const)
    keys.set(key, due);
  expect(taken(keys)).toEqual(['a@1', 'b@1', 'e@3', 'c@5', 'd@5']);
});

test('a key that is put in again is due at the new time alone, and behind those that were due then already', () => {
  const keys = createDueKeys();
  for (const [key, due] of [
    ['a', 1],
    ['b', 2],
    ['a', 2],
  ] as const)
    keys.set(key, due);
  expect(keys.get('a')?.due).toBe(2);
  expect(taken(keys)).toEqual(['b@2', 'a@2']);
  expect(keys.get('a')).toBeUndefined();
});

test('nothing is left after clear', () => {
  const keys = createDueKeys();
  keys.set('a', 1);
  keys.clear();
  expect([keys.first(), keys.get('a')]).toEqual([undefined, undefined]);
});

test('whatever is put in and taken back, it comes as from a sorted list', () => {
  const name = fc.integer({ min: 0, max: 20 }).map(String);
  const change = fc.record({ key: name, due: fc.option(fc.integer({ min: 0, max: 9 }), { nil: undefined }) });
  fc.assert(
    fc.property(fc.array(change, { maxLength: 200 }), (changes) => {
      const keys = createDueKeys();
      let list: { readonly key: string; readonly due: number }[] = [];
      for (const { key, due } of changes) {
        list = list.filter((each) => each.key !== key);
        if (due === undefined) keys.delete(key);
        else {
          keys.set(key, due);
          list.push({ key, due });
        }
      }
      const sorted = list.toSorted((a, b) => a.due - b.due);
      expect(taken(keys)).toEqual(sorted.map(({ key, due }) => `${key}@${due}`));
    }),
  );
});
