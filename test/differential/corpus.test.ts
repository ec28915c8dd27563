import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { items } from './cases/index.ts';
import { differenceIn, fidelityPage } from './comparing/fidelity.ts';
import { differencesOnPurpose } from './differences.ts';
import type { Answers } from './playing/play-all.ts';
import { playSandbox } from './playing/sandbox-stage.ts';
import { readRecording } from './recording.ts';

let real: Answers;
let sandbox: Answers;
beforeAll(async () => {
  real = await readRecording(items);
  sandbox = await playSandbox(items);
  // Seconds on an idle machine.
}, 120_000);

const names = items.flatMap(({ cases }) => cases.map(({ name }) => name));

describe.each(items)('item $number: $title', ({ cases }) => {
  const equal = cases.filter(({ name }) => differencesOnPurpose[name] === undefined);
  test.each(equal)('$name', ({ name }) => {
    expect(real.get(name), 'not recorded: npm run record').toBeDefined();
    expect(differenceIn(name, real, sandbox)).toBeUndefined();
  });
});

describe('the corpus', () => {
  test('has each case once, and the recording has the same cases', () => {
    expect(new Set(names).size).toBe(names.length);
    expect([...real.keys()].sort()).toEqual(names.toSorted());
  });

  test('has 300 cases, six of each item of P0 and three of each item of P1', () => {
    expect(names.length).toBeGreaterThanOrEqual(300);
    expect(items.map(({ number }) => number)).toEqual(Array.from({ length: 29 }, (_, index) => index + 1));
    const short = items.filter(({ tier, cases }) => cases.length < (tier === 'P0' ? 6 : 3));
    expect(short.map(({ number }) => number)).toEqual([]);
  });

  test('lists as differences on purpose cases of P1 only that exist and do differ', () => {
    const ofP1 = items.filter(({ tier }) => tier === 'P1').flatMap(({ cases }) => cases.map(({ name }) => name));
    const listed = Object.keys(differencesOnPurpose);
    expect(listed.filter((name) => !ofP1.includes(name))).toEqual([]);
    expect(listed.filter((name) => differenceIn(name, real, sandbox) === undefined)).toEqual([]);
    expect(listed.length).toBeLessThanOrEqual(ofP1.length * 0.02);
  });

  test('yields the page docs/sandbox-fidelity.md as it is committed', async () => {
    const page = await readFile(new URL('../../docs/sandbox-fidelity.md', import.meta.url), 'utf8');
    expect(fidelityPage(items, real, sandbox)).toBe(page);
  });
});
