import { readFile, writeFile } from 'node:fs/promises';
import type { Item } from './case.ts';
import type { Normal } from './comparing/normalise.ts';
import type { Answers } from './playing/play-all.ts';

function fileOf({ number }: Item): URL {
  return new URL(`recordings/item-${String(number).padStart(2, '0')}.json`, import.meta.url);
}

/** One line an answer, so that a change of one shows as a change of one. */
function print(answers: [string, Normal[]][]): string {
  const cases = answers.map(([name, steps]) => {
    const lines = steps.map((step) => `    ${JSON.stringify(step)}`).join(',\n');
    return `  ${JSON.stringify(name)}: [\n${lines}\n  ]`;
  });
  return `{\n${cases.join(',\n')}\n}\n`;
}

/** What the real API server answered when the corpus was recorded. */
export async function readRecording(items: readonly Item[]): Promise<Answers> {
  const texts = await Promise.all(items.map((item) => readFile(fileOf(item), 'utf8')));
  return new Map(texts.flatMap((text): [string, Normal[]][] => Object.entries(JSON.parse(text))));
}

/** Replaces the recording. */
export async function writeRecording(items: readonly Item[], answers: Answers): Promise<void> {
  for (const item of items) {
    const ofItem = item.cases.map(({ name }): [string, Normal[]] => [name, answers.get(name) ?? []]);
    await writeFile(fileOf(item), print(ofItem));
  }
}
