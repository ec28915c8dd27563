import { expect, test } from 'vitest';
import { isSameIssuer } from '../../../src/rotation/issuer-place.ts';

const at = (parameters?: Readonly<Record<string, string>>) => ({
  kind: 'ApiKeyIssuer' as const,
  name: 'grafana',
  uid: 'uid-1',
  origin: 'https://grafana.test',
  ...(parameters && { parameters: { ...parameters } }),
});

test.each([
  ['the same ones in another order', { project: '42', zone: '7' }, { zone: '7', project: '42' }, true],
  ['none and an empty list of them', undefined, {}, true],
  ['another value', { project: '42' }, { project: '43' }, false],
  ['values that read the same when written side by side', { a: '1 b=2', b: '3' }, { a: '1', b: '2 b=3' }, false],
])('keys were issued at one place where their parameters are equal: %s', (_name, one, other, expected) => {
  expect(isSameIssuer(at(one), at(other))).toBe(expected);
});
