import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { CALL_REASONS, CONDITION_REASONS } from '../../../../src/api/reasons.ts';
import { CHAPTERS } from '../../../../src/cli/reasons/all.ts';
import { BAD_INPUTS } from '../rows/all.ts';

const SRC = join(import.meta.dirname, '../../../../src');
/** Where calls fail: the reason stands beside the outcome, or where an error is made of less. */
const FAILURES =
  /new CallError\(\s*(?:[\w.]+|'\w+'),\s*'(\w+)'|(?:inDoubt|notSentError|noAnswerError)\(\w+, '(\w+)'|unsuitable\('(\w+)'|\breason: '((?:Vault|AWS)\w+)'/g;
/** Told to nobody but the log. */
const UNSEEN = ['WatchEndedAtOnce'];

const explained = CHAPTERS.flatMap(({ reasons }) => Object.keys(reasons));

test('the page explains every reason that a condition can have, each once, and no other', () => {
  expect(explained.toSorted()).toEqual(CONDITION_REASONS.toSorted());
});

test('every reason that a call of ours can end with is one that conditions show', () => {
  const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
  const found = files.flatMap((file) =>
    [...readFileSync(join(SRC, file), 'utf8').matchAll(FAILURES)].flatMap(([, ...groups]) => groups.filter(Boolean)),
  );
  expect(found.length).toBeGreaterThan(CALL_REASONS.length / 2);
  const shown = new Set<string>([...CONDITION_REASONS, ...UNSEEN]);
  expect(found.filter((reason) => !shown.has(reason))).toEqual([]);
});

test('the reasons of the rows are on the page', () => {
  const told = BAD_INPUTS.flatMap(({ seen }) => (seen.type === 'Condition' ? [seen.reason] : []));
  expect(told.filter((reason) => !explained.includes(reason))).toEqual([]);
});
