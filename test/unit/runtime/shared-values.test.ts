import { expect, test } from 'vitest';
import { shareValues } from '../../../src/runtime/kube/shared-values.ts';

const text = JSON.stringify({
  metadata: { name: 'a', finalizers: ['apikeyrotation.io/keys'], deletionGracePeriodSeconds: null },
  spec: { targets: [{ name: 'vault', storeRef: { name: 'vault' } }], consumers: [], migration: {} },
  status: { revision: 2, ready: true, message: 'x'.repeat(1_000), conditions: [{ reason: 'KeyPublished' }, {}] },
});

test('objects say the same as before', () => {
  const objects = [JSON.parse(text), JSON.parse(text)];
  shareValues(objects);
  expect(objects).toEqual([JSON.parse(text), JSON.parse(text)]);
});

test('small objects and lists that hold no others are one where they are equal, and two where they are not', () => {
  const objects = [
    JSON.parse(text),
    JSON.parse(text),
    JSON.parse(text.replaceAll('vault', '17').replace('null', '"null"')),
  ];
  shareValues(objects);
  const [first, second, other] = objects;
  expect(second.status.conditions[0]).toBe(first.status.conditions[0]);
  expect(other.metadata.finalizers).toBe(first.metadata.finalizers);
  expect(second.spec.targets[0].storeRef).toBe(first.spec.targets[0].storeRef);
  expect(other.spec.targets[0].storeRef).toEqual({ name: '17' });
  expect(other.metadata.deletionGracePeriodSeconds).toBe('null');
  expect([other.spec.consumers, other.spec.migration]).toEqual([[], {}]);
});

test('a list is never taken for an object, nor a number for a string', () => {
  const [value] = [JSON.parse('{"a": [], "b": {}, "c": [1], "d": ["1"], "e": {"0": 1}}')];
  shareValues([value]);
  expect(value).toEqual({ a: [], b: {}, c: [1], d: ['1'], e: { 0: 1 } });
  expect(Array.isArray(value.a)).toBe(true);
});
