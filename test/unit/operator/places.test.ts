import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import type { ApiKeyRotation } from '../../../src/api/types.ts';
import { createPlaces, type Places } from '../../../src/operator/rotation/places.ts';
import { objectKey } from '../../../src/runtime/object-key.ts';

/** Where stores are: what a rotation names leads to `address path`. */
let addresses: Map<string, string>;
let rotations: Map<string, ApiKeyRotation>;
let places: Places;
/** How often it was asked for the places of a rotation. */
let asked: number;
/** Keys of rotations that were looked up, or whose places were read. */
let visited: Set<string>;

function placesOf(rotation: ApiKeyRotation): string[] {
  asked += 1;
  const { metadata, spec } = rotation;
  const found = spec.targets.flatMap(({ storeRef, path }) => {
    const address = addresses.get(`${metadata.namespace}/${storeRef.name}`);
    return address === undefined ? [] : [`${address} ${path}`];
  });
  return new Proxy(found, {
    get(target, property) {
      visited.add(objectKey(rotation));
      return Reflect.get(target, property);
    },
  });
}

function get(key: string): ApiKeyRotation | undefined {
  visited.add(key);
  return rotations.get(key);
}

function rotationOf(namespace: string, targets: readonly (readonly [store: string, path: string])[], uid = namespace) {
  const spec = { targets: targets.map(([name, path]) => ({ storeRef: { name }, path })) };
  return { metadata: { namespace, name: 'app', uid }, spec } as unknown as ApiKeyRotation;
}

/** As the cache does, and then its handlers. */
function put(rotation: ApiKeyRotation): void {
  rotations.set(objectKey(rotation), rotation);
  places.note(rotation);
}

function begin(): void {
  [addresses, rotations, asked, visited] = [new Map(), new Map(), 0, new Set()];
  places = createPlaces({ planner: { places: placesOf }, rotations: { get } });
}

beforeEach(begin);

describe('another rotation of a place', () => {
  test('is found across namespaces, and not where the same path is another place', () => {
    addresses = new Map([
      ['a/s', 'vault/x'],
      ['b/s', 'vault/x'],
      ['c/s', 'vault/y'],
    ]);
    for (const namespace of ['a', 'b', 'c']) put(rotationOf(namespace, [['s', 'key']]));
    const others = (namespace: string) =>
      places.findOther(rotationOf(namespace, [['s', 'key']]), () => true)?.metadata.uid;
    expect(['a', 'b', 'c'].map(others)).toEqual(['b', 'a', undefined]);
  });

  test('is one that fits', () => {
    addresses = new Map(['a', 'b', 'c'].map((namespace) => [`${namespace}/s`, 'vault/x']));
    for (const namespace of ['a', 'b', 'c']) put(rotationOf(namespace, [['s', 'key']]));
    const found = places.findOther(rotationOf('a', [['s', 'key']]), ({ metadata }) => metadata.uid === 'c');
    expect(found?.metadata.uid).toBe('c');
  });

  test('is not looked for among thousands that have the same path elsewhere', () => {
    for (let at = 0; at < 5_000; at += 1) {
      addresses.set(`n${at}/s`, `kubernetes:n${at}`);
      put(rotationOf(`n${at}`, [['s', 'api-key']]));
    }
    asked = 0;
    visited.clear();
    expect(places.findOther(rotationOf('n7', [['s', 'api-key']]), () => true)).toBeUndefined();
    expect(asked).toBe(1);
    expect([...visited]).toEqual(['n7/app']);
  });
});

/** What happens to three rotations of as many namespaces and to their stores. */
const happening = fc.record({
  at: fc.constantFrom('a', 'b', 'c'),
  store: fc.constantFrom('s', 't'),
  path: fc.constantFrom('x', 'y'),
  address: fc.constantFrom('1', '2', undefined),
  what: fc.constantFrom('Put', 'Gone', 'Store'),
});

test('whatever happens to rotations and their stores, those are found that a look at all of them would find', () => {
  fc.assert(
    fc.property(fc.array(happening, { maxLength: 30 }), (happenings) => {
      begin();
      for (const { at, store, path, address, what } of happenings) {
        const known = rotations.get(`${at}/app`);
        if (what === 'Put')
          put(
            rotationOf(at, [
              [store, path],
              ['t', 'y'],
            ]),
          );
        else if (what === 'Gone' && known) {
          rotations.delete(`${at}/app`);
          places.forget(known);
        } else if (what === 'Store') {
          if (address === undefined) addresses.delete(`${at}/${store}`);
          else addresses.set(`${at}/${store}`, address);
          if (known) places.note(known);
        }
        for (const rotation of rotations.values()) expect(uidsOf(rotation)).toEqual(uidsByLookingAtAll(rotation));
      }
    }),
  );
});

/** Of all others that share a place with it, in the order of their names. */
function uidsOf(rotation: ApiKeyRotation): string[] {
  const found = new Set<string>();
  places.findOther(rotation, ({ metadata }) => {
    found.add(metadata.uid ?? '');
    return false;
  });
  return [...found].sort();
}

function uidsByLookingAtAll(rotation: ApiKeyRotation): string[] {
  const own = new Set(placesOf(rotation));
  const others = [...rotations.values()].filter(
    (other) => other !== rotation && placesOf(other).some((at) => own.has(at)),
  );
  return others.map(({ metadata }) => metadata.uid ?? '').sort();
}
