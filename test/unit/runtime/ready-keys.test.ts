import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createReadyKeys, type ReadyKeysOptions } from '../../../src/runtime/ready-keys.ts';

/** `namespace/group/name`. */
const part = (at: number) => (key: string) => key.split('/')[at] ?? '';
const [namespaceOf, groupOf] = [part(0), part(1)];

function setUp(options: Partial<ReadyKeysOptions> = {}) {
  const any = Number.POSITIVE_INFINITY;
  return createReadyKeys({ namespaceOf, groupOf, maxPerNamespace: any, maxPerGroup: any, ...options });
}

test('whoever waits is taken as soon as his namespace and his group have room, whatever came and went before', () => {
  const max = 2;
  const places = fc.tuple(fc.nat(2), fc.nat(2), fc.nat(4));
  const step = fc.oneof(places, fc.constant('take' as const), fc.nat(8));
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const keys = setUp({ maxPerNamespace: max, maxPerGroup: max });
      const waiting = new Set<string>();
      const running: string[] = [];
      const hasRoom = (key: string) =>
        [namespaceOf, groupOf].every((of) => running.filter((other) => of(other) === of(key)).length < max);
      for (const each of steps) {
        if (each === 'take') {
          const takable = [...waiting].filter(hasRoom);
          const key = keys.take();
          if (takable.length === 0) expect(key).toBeUndefined();
          else expect(takable).toContain(key);
          if (key === undefined) continue;
          waiting.delete(key);
          running.push(key);
        } else if (typeof each === 'number') {
          for (const key of running.splice(each, 1)) keys.end(key);
        } else {
          const key = each.join('/');
          if (running.includes(key)) continue;
          keys.add(key);
          waiting.add(key);
        }
        expect([keys.waiting(), keys.running()]).toEqual([waiting.size, running.length]);
      }
    }),
  );
});

test('a key whose group changes while it waits stands with the new one alone', () => {
  const groups = new Map([['a/x', 'silent']]);
  const keys = setUp({ groupOf: (key) => groups.get(key) ?? 'silent', maxPerGroup: 1 });
  keys.add('a/first');
  expect(keys.take()).toBe('a/first');
  keys.add('a/x');
  expect(keys.take()).toBeUndefined();
  groups.set('a/x', 'well');
  keys.add('a/x');
  expect(keys.take()).toBe('a/x');
  keys.end('a/first');
  expect([keys.take(), keys.waiting()]).toEqual([undefined, 0]);
});

test('the others do not pay for twenty thousand that wait for one that is busy', () => {
  const keys = setUp({ groupOf: (key) => (key.endsWith('/busy') ? 'busy' : key), maxPerGroup: 1 });
  keys.add('first/busy');
  keys.take();
  // A minute, and so no longer in time, where each goes through all that wait.
  for (let at = 0; at < 20_000; at += 1) {
    keys.add(`namespace-${at}/busy`);
    keys.add(`well/${at}`);
    expect(keys.take()).toBe(`well/${at}`);
    keys.end(`well/${at}`);
  }
  keys.add('late/well');
  keys.end('first/busy');
  expect(keys.take()).toBe('namespace-0/busy');
});

test('who was put aside comes before all that came later, and after his turn behind them', () => {
  const keys = setUp({ maxPerGroup: 1 });
  const takeAll = () => Array.from({ length: 4 }, () => keys.take());
  for (const key of ['a/busy/1', 'b/busy/1', 'b/busy/2', 'c/busy/1']) keys.add(key);
  expect(takeAll()).toEqual(['a/busy/1', undefined, undefined, undefined]);
  keys.add('d/well/1');
  keys.end('a/busy/1');
  expect(takeAll()).toEqual(['b/busy/1', 'd/well/1', undefined, undefined]);
  keys.end('b/busy/1');
  expect(takeAll()).toEqual(['c/busy/1', undefined, undefined, undefined]);
  keys.end('c/busy/1');
  expect(takeAll()).toEqual(['b/busy/2', undefined, undefined, undefined]);
});
