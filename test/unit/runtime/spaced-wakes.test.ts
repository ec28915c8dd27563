import { beforeEach, describe, expect, test } from 'vitest';
import { createSpacedWakes } from '../../../src/runtime/spaced-wakes.ts';
import { VirtualClock } from '../../doubles/virtual-clock.ts';

let clock: VirtualClock;
let woken: string[];
let name: (key: string) => void;

beforeEach(() => {
  clock = new VirtualClock();
  woken = [];
  name = createSpacedWakes(clock, 100, (key) => woken.push(`${key}@${clock.monotonic()}`));
});

describe('a key', () => {
  test('that is named once is passed on at once, and once', async () => {
    name('a');
    expect(woken).toEqual(['a@0']);
    await clock.advance(1_000);
    expect(woken).toEqual(['a@0']);
  });

  test('that is named again soon is passed on when the time is over', async () => {
    name('a');
    await clock.advance(30);
    name('a');
    name('a');
    await clock.advance(1_000);
    expect(woken).toEqual(['a@0', 'a@100']);
  });

  test('that is named without end is passed on as often as that, and after the last time', async () => {
    for (let times = 0; times < 1_000; times += 1) {
      name('a');
      await clock.advance(1);
    }
    await clock.advance(1_000);
    expect(woken).toEqual(Array.from({ length: 11 }, (_, at) => `a@${at * 100}`));
  });

  test('that is named after the time is passed on at once', async () => {
    name('a');
    await clock.advance(100);
    name('a');
    expect(woken).toEqual(['a@0', 'a@100']);
  });

  test('does not hold up another', async () => {
    name('a');
    await clock.advance(1);
    name('b');
    expect(woken).toEqual(['a@0', 'b@1']);
  });
});
