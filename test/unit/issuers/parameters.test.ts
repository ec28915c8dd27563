import { describe, expect, test } from 'vitest';
import { readParameters } from '../../../src/issuers/parameters.ts';
import { isSupportedPattern } from '../../../src/issuers/pattern.ts';

describe('a pattern', () => {
  test.each([
    '[0-9]+',
    'sa-[a-z0-9]{6}',
    '[A-Za-z0-9_.-]{1,64}',
    '\\d+',
    'eu|'.slice(0, 2),
    '[^/]+',
    'a.b',
    '[0-9]+/[0-9]+/[a-z]*',
  ])('%s is matched', (pattern) => expect(isSupportedPattern(pattern)).toBe(true));

  test.each(['(a+)+', 'a|b', '(?=x)', '[0-9]+[a-z]+[0-9]*x?', '[z-a]', 'a{2', '*', '\\1', '[a', '^a$', ''])(
    '%j is not: it could keep the process busy, or nobody knows what it means',
    (pattern) => expect(isSupportedPattern(pattern)).toBe(false),
  );

  test('of those that are matched takes no time at its worst', () => {
    const declared = [{ name: 'p', pattern: '[a-z]*[a-z]*[a-z]*x' }];
    const started = performance.now();
    expect(() => readParameters(declared, { p: 'a'.repeat(128) }, 'it')).toThrow('does not match');
    expect(performance.now() - started).toBeLessThan(1_000);
  });
});

describe('parameters of a rotation', () => {
  const declared = [{ name: 'project', pattern: '[0-9]+', description: 'the number of the project' }];
  const read = (given: Record<string, string>) => readParameters(declared, given, 'ApiKeyIssuer team/gitlab');

  test('that fit are names in requests', () => {
    expect(read({ project: '42' })).toEqual({ 'parameters.project': '42' });
  });

  test.each([
    [
      'are missing',
      {},
      'spec.key.parameters.project is missing (the number of the project); ApiKeyIssuer team/gitlab needs it',
    ],
    [
      'do not match, also where a part of them does,',
      { project: '42/../7' },
      'spec.key.parameters.project does not match [0-9]+ (the number of the project), as ApiKeyIssuer team/gitlab wants it; correct it',
    ],
    [
      'end with a line break',
      { project: '42\n' },
      'spec.key.parameters.project does not match [0-9]+ (the number of the project), as ApiKeyIssuer team/gitlab wants it; correct it',
    ],
    [
      'are not declared',
      { project: '42', region: 'eu' },
      'spec.key.parameters.region is no parameter of ApiKeyIssuer team/gitlab, which has project; leave it away',
    ],
  ] as const)('that %s are refused by their field', (_what, given, message) => {
    expect(() => read(given)).toThrow(message);
  });
});
