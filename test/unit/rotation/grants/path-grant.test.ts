import { posix } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { grantedPrefixes, isPathGranted, type PathGrant } from '../../../../src/rotation/grants/path-grant.ts';

const TEAMS: PathGrant = { namespaces: ['*'], pathPrefix: 'teams/{{namespace}}/' };

describe('a namespace may read and write', () => {
  test.each<[string, PathGrant, string, string]>([
    ['below the prefix of its name', TEAMS, 'team-a', 'teams/team-a/key'],
    ['in folders below it', TEAMS, 'team-a', 'teams/team-a/web/live/key'],
    ['what is named like a folder of another', TEAMS, 'team-a', 'teams/team-a/team-b'],
    ['names with dots', TEAMS, 'team-a', 'teams/team-a/...'],
    ['below a fixed prefix', { namespaces: ['platform'], pathPrefix: 'teams/' }, 'platform', 'teams/team-a/key'],
    ['below a prefix that holds its name', { namespaces: ['*'], pathPrefix: 'x-{{namespace}}/' }, 'a', 'x-a/key'],
  ])('%s', (_what, grant, namespace, path) => {
    expect(isPathGranted([grant], namespace, path)).toBe(true);
  });
});

describe('a namespace may neither read nor write', () => {
  test.each<[string, string, string]>([
    ["another team's path", 'team-b', 'teams/team-a/key'],
    ['the folder itself', 'team-a', 'teams/team-a'],
    ['the folder itself, with a slash', 'team-a', 'teams/team-a/'],
    ['a folder that begins alike', 'team-a', 'teams/team-ab/key'],
    ['what is above', 'team-a', 'teams/key'],
    ['another root', 'team-a', 'key'],
    ['an absolute path', 'team-a', '/teams/team-a/key'],
    ['a way out', 'team-a', 'teams/team-a/../team-b/key'],
    ['a way out at the end', 'team-a', 'teams/team-a/..'],
    ['a way in from outside', 'team-a', 'teams/team-b/../team-a/key'],
    ['the folder where it is', 'team-a', 'teams/team-a/./key'],
    ['an empty segment', 'team-a', 'teams/team-a//key'],
    ['an empty segment before', 'team-a', 'teams//team-a/key'],
    ['an encoded way out', 'team-a', 'teams/team-a/%2e%2e/team-b/key'],
    ['an encoded slash', 'team-a', 'teams/team-a/..%2fteam-b/key'],
    ['a backslash', 'team-a', 'teams/team-a/..\\team-b\\key'],
    ['a query', 'team-a', 'teams/team-a/key?version=1'],
    ['a fragment', 'team-a', 'teams/team-a/key#x'],
    ['a line after', 'team-a', 'teams/team-a/key\n'],
    ['a zero byte', 'team-a', 'teams/team-a/key\0'],
    ['letters that look alike', 'team-a', 'teams/tеam-a/key'],
    ['the name as it is not substituted', 'team-a', 'teams/{{namespace}}/key'],
    ['nothing', 'team-a', ''],
    ['as a namespace without a name', '', 'teams//key'],
    ['as a namespace that is a way', '..', 'teams/../key'],
    ['as a namespace that is a folder', 'team-a/..', 'teams/team-a/../key'],
  ])('%s', (_what, namespace, path) => {
    expect(isPathGranted([TEAMS], namespace, path)).toBe(false);
  });

  test('where there are grants for others alone', () => {
    const grants = [{ namespaces: ['team-b', 'a'], pathPrefix: 'teams/team-a/' }];
    expect(isPathGranted(grants, 'team-a', 'teams/team-a/key')).toBe(false);
    expect(isPathGranted([], 'team-a', 'teams/team-a/key')).toBe(false);
  });

  test('below a prefix that no schema would admit: one without an end, an empty one, or one that leads out', () => {
    for (const pathPrefix of ['teams', 'teams/{{namespace}}', '', '/', '../', 'teams/../', 'teams//'])
      expect(grantedPrefixes([{ namespaces: ['*'], pathPrefix }], 'team-a')).toEqual([]);
  });
});

describe('whatever a path is made of', () => {
  const pieces = fc.array(
    fc.constantFrom(
      'teams',
      'team-a',
      'team-b',
      '..',
      '.',
      '',
      '/',
      '//',
      '%2e%2e',
      '%2f',
      '\\',
      'key',
      '{{namespace}}',
    ),
    { maxLength: 8 },
  );
  const path = fc.tuple(pieces, fc.constantFrom('', '/')).map(([each, between]) => each.join(between));
  const decoded = (text: string) =>
    posix.normalize(text.replaceAll('%2e', '.').replaceAll('%2f', '/').replaceAll('\\', '/'));

  test('what is granted leads below the prefix of the namespace, however it is read, and to no two namespaces', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          path,
          path.map((text) => `teams/team-a/${text}`),
        ),
        (text) => {
          if (!isPathGranted([TEAMS], 'team-a', text)) return;
          expect(decoded(text)).toBe(text);
          expect(text).toMatch(/^teams\/team-a\/./);
          expect(isPathGranted([TEAMS], 'team-b', text)).toBe(false);
        },
      ),
      { numRuns: 1_000 },
    );
  });
});
