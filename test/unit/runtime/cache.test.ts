import { expect, test } from 'vitest';
import { type Change, createCache } from '../../../src/runtime/cache.ts';
import type { KubeObject } from '../../../src/runtime/kube/kube-api.ts';

function object(name: string, uid: string, resourceVersion: string, team = 'a'): KubeObject {
  return { metadata: { name, namespace: 'ns', uid, resourceVersion, labels: { team } } };
}

const tell = (changes: readonly Change<KubeObject>[]) =>
  changes.map(
    ({ type, object: { metadata } }) => `${type} ${metadata.name}/${metadata.uid}/${metadata.resourceVersion}`,
  );

test('a new object is Added, a new version Updated, the same version nothing', () => {
  const cache = createCache();
  expect(tell(cache.put(object('x', 'u1', '1')))).toEqual(['Added x/u1/1']);
  expect(tell(cache.put(object('x', 'u1', '2')))).toEqual(['Updated x/u1/2']);
  expect(tell(cache.put(object('x', 'u1', '2')))).toEqual([]);
});

test('a recreated object is Deleted, then Added', () => {
  const cache = createCache();
  cache.put(object('x', 'u1', '1'));
  expect(tell(cache.put(object('x', 'u2', '5')))).toEqual(['Deleted x/u1/1', 'Added x/u2/5']);
});

test('the late deletion of an earlier object does not remove its successor', () => {
  const cache = createCache();
  cache.put(object('x', 'u2', '5'));
  expect(cache.remove(object('x', 'u1', '4'))).toEqual([]);
  expect(cache.get('ns/x')?.metadata.uid).toBe('u2');
});

test('a new list reports what came, changed, was recreated and went', () => {
  const cache = createCache();
  for (const name of ['same', 'changed', 'recreated', 'gone']) cache.put(object(name, 'u1', '1'));
  const present = [
    object('same', 'u1', '1'),
    object('changed', 'u1', '2'),
    object('recreated', 'u2', '3'),
    object('new', 'u1', '4'),
  ];
  expect(tell(cache.replaceAll(present)).sort()).toEqual(
    [
      'Added new/u1/4',
      'Added recreated/u2/3',
      'Deleted gone/u1/1',
      'Deleted recreated/u1/1',
      'Updated changed/u1/2',
    ].sort(),
  );
  expect(cache.size()).toBe(4);
});

test('an index follows additions, changes and deletions', () => {
  const cache = createCache<KubeObject>({ team: ({ metadata }) => [metadata.labels?.team ?? ''] });
  const names = (team: string) => cache.byIndex('team', team).map(({ metadata }) => metadata.name);
  cache.put(object('x', 'u1', '1', 'a'));
  cache.put(object('y', 'u2', '2', 'a'));
  expect(names('a')).toEqual(['x', 'y']);
  cache.put(object('x', 'u1', '3', 'b'));
  expect({ a: names('a'), b: names('b') }).toEqual({ a: ['y'], b: ['x'] });
  cache.remove(object('y', 'u2', '4', 'a'));
  expect(names('a')).toEqual([]);
  expect(() => cache.byIndex('tema', 'a')).toThrow('no index tema');
});

test('an index finds as many objects as have a value, in the order in which they came, whichever of them goes', () => {
  const cache = createCache<KubeObject>({ team: ({ metadata }) => [metadata.labels?.team ?? ''] });
  const names = () => cache.byIndex('team', 'a').map(({ metadata }) => metadata.name);
  for (const name of ['x', 'y', 'z']) cache.put(object(name, name, '1'));
  expect(names()).toEqual(['x', 'y', 'z']);
  cache.remove(object('x', 'x', '1'));
  cache.put(object('y', 'y', '2'));
  expect(names()).toEqual(['z', 'y']);
  cache.remove(object('z', 'z', '1'));
  expect(names()).toEqual(['y']);
  cache.remove(object('y', 'y', '2'));
  cache.put(object('w', 'w', '1'));
  expect(names()).toEqual(['w']);
});
