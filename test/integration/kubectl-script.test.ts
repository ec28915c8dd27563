import { beforeAll, describe, expect, test } from 'vitest';
import type { Answer } from '../differential/kubectl/play.ts';
import { recordedAnswers, whyNotComparable } from '../differential/kubectl/recording.ts';
import { sandboxAnswers } from '../differential/kubectl/sandbox.ts';
import { stories } from '../differential/kubectl/stories.ts';

const program = process.env.KUBECTL ?? 'kubectl';
const why = whyNotComparable(program);
let answers: Map<string, Answer[]>;

describe.skipIf(why)(`kubectl prints the same for the sandbox as for a real API server${why ? `: ${why}` : ''}`, () => {
  beforeAll(async () => {
    answers = await sandboxAnswers(program);
  }, 120_000);

  test.each(stories.map(({ name }) => name))('story %s', (name) => {
    expect(answers.get(name)).toEqual(recordedAnswers(name));
  });
});
