import { writeFile } from 'node:fs/promises';
import { beforeAll, expect, test } from 'vitest';
import { items } from '../../differential/cases/index.ts';
import { difference } from '../../differential/comparing/compare.ts';
import { differenceIn, fidelityPage, fidelityTable } from '../../differential/comparing/fidelity.ts';
import { differencesOnPurpose } from '../../differential/differences.ts';
import type { Answers } from '../../differential/playing/play-all.ts';
import { playSandbox } from '../../differential/playing/sandbox-stage.ts';
import { readRecording, writeRecording } from '../../differential/recording.ts';
import { playReal } from './real-stage.ts';

let real: Answers;
beforeAll(async () => {
  real = await playReal(items);
  if (process.env.RECORD_CORPUS === 'true') await writeRecording(items, real);
}, 300_000);

test('the recording is what the real API server answers today', async () => {
  const recorded = await readRecording(items);
  const stale = [...real].map(([name, answers]) => [name, difference(recorded.get(name), answers)]);
  expect(stale.filter(([, found]) => found !== undefined)).toEqual([]);
});

test('the page about fidelity is written from what both answer', async () => {
  const sandbox = await playSandbox(items);
  console.log(fidelityTable(items, real, sandbox));
  const names = items.flatMap(({ cases }) => cases.map(({ name }) => name));
  const different = names.filter((name) => differenceIn(name, real, sandbox) !== undefined);
  expect(different.sort()).toEqual(Object.keys(differencesOnPurpose).sort());
  await writeFile(new URL('../../../docs/sandbox-fidelity.md', import.meta.url), fidelityPage(items, real, sandbox));
});
