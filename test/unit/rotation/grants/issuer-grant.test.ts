import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type IssuerGrant, judgeKey, type Lack, type WantedKey } from '../../../../src/rotation/grants/issuer-grant.ts';
import { matchesPattern } from '../../../../src/rotation/grants/pattern.ts';

const GRANT: IssuerGrant = { namespaces: ['team-a'], environments: ['Live'], permissions: ['payments:*'] };
const KEY: WantedKey = { namespace: 'team-a', environment: 'Live', permissions: ['payments:read'] };

function verdict(grants: readonly Partial<IssuerGrant>[], key: Partial<WantedKey>): 'Granted' | string {
  const judged = judgeKey(
    grants.map((grant) => ({ ...GRANT, ...grant })),
    { ...KEY, ...key },
  );
  return judged.type === 'Granted' ? judged.type : told(judged.lack);
}

const told = ({ field, value }: Lack) => `${field} ${value}`;

describe('a key is granted', () => {
  test.each<[string, Partial<IssuerGrant>, Partial<WantedKey>]>([
    ['by name of the namespace', {}, {}],
    ['by a pattern for namespaces', { namespaces: ['team-*'] }, {}],
    ['to all namespaces', { namespaces: ['*'] }, {}],
    ['with all its permissions', {}, { permissions: ['payments:read', 'payments:'] }],
    ['by one of several patterns each', { permissions: ['refunds:read', 'payments:read'] }, {}],
    [
      'with an organization of the name of the namespace',
      { organizations: ['{{namespace}}'] },
      { organization: 'team-a' },
    ],
    ['with parameters', { parameters: { project: '{{namespace}}/*' } }, { parameters: { project: 'team-a/web' } }],
  ])('%s', (_how, grant, key) => {
    expect(verdict([grant], key)).toBe('Granted');
  });
});

describe('a key is denied', () => {
  test.each<[string, readonly Partial<IssuerGrant>[], Partial<WantedKey>, string]>([
    ['without any grant', [], {}, 'spec.issuerRef team-a'],
    ['to a namespace that begins alike', [{}], { namespace: 'team-ab' }, 'spec.issuerRef team-ab'],
    [
      'to a namespace that ends alike',
      [{ namespaces: ['team-*'] }],
      { namespace: 'a-team-a' },
      'spec.issuerRef a-team-a',
    ],
    ['to a namespace without a name', [{ namespaces: ['team-a'] }], { namespace: '' }, 'spec.issuerRef '],
    ['in another environment', [{}], { environment: 'Test' }, 'spec.key.environment Test'],
    ['in one that is spelled alike', [{}], { environment: 'live' }, 'spec.key.environment live'],
    ['for an organization where none is granted', [{}], { organization: 'acme' }, 'spec.key.organization acme'],
    [
      'for another organization',
      [{ organizations: ['acme'] }],
      { organization: 'acme2' },
      'spec.key.organization acme2',
    ],
    ['without one where one is granted', [{ organizations: ['*'] }], {}, 'spec.key.organization undefined'],
    ['with one permission too many', [{}], { permissions: ['payments:read', 'admin'] }, 'spec.key.permissions admin'],
    [
      'with a permission that holds a granted one',
      [{}],
      { permissions: ['x payments:read'] },
      'spec.key.permissions x payments:read',
    ],
    [
      'with a permission that is a pattern',
      [{ permissions: ['payments:read'] }],
      { permissions: ['payments:*'] },
      'spec.key.permissions payments:*',
    ],
    [
      'with the regular expression of one',
      [{ permissions: ['payments.read'] }],
      { permissions: ['payments:read'] },
      'spec.key.permissions payments:read',
    ],
    ['with a parameter that is not granted', [{}], { parameters: { project: '42' } }, 'spec.key.parameters.project 42'],
    ['without a parameter that is', [{ parameters: { project: '*' } }], {}, 'spec.key.parameters.project undefined'],
    [
      "with another team's parameter",
      [{ parameters: { project: '{{namespace}}' } }],
      { parameters: { project: 'team-b' } },
      'spec.key.parameters.project team-b',
    ],
    [
      'with a parameter named like what every object has',
      [{}],
      { parameters: { constructor: 'x' } },
      'spec.key.parameters.constructor x',
    ],
    [
      'by two grants that would have to add up',
      [{}, { permissions: ['admin'] }],
      { permissions: ['payments:read', 'admin'] },
      'spec.key.permissions admin',
    ],
  ])('%s, and it is told what is missing', (_why, grants, key, lack) => {
    expect(verdict(grants, key)).toBe(lack);
  });

  test('and what is told is what the nearest grant lacks', () => {
    const grants = [{ environments: ['Test'] }, { permissions: ['admin'] }, { namespaces: ['team-b'] }];
    expect(verdict(grants, {})).toBe('spec.key.permissions payments:read');
  });
});

describe('a pattern', () => {
  test.each<[pattern: string, text: string, matches: boolean]>([
    ['a', 'a', true],
    ['a', '', false],
    ['', '', true],
    ['*', '', true],
    ['**', 'ab', true],
    ['a*', 'a', true],
    ['*a', 'ba', true],
    ['a*a', 'a', false],
    ['a*a', 'aa', true],
    ['a*b*c', 'aXbYc', true],
    ['a*b*c', 'acb', false],
    ['*ab*ab', 'ab', false],
    ['ab*ab*', 'abab', true],
    ['a*b', 'a\nb', true],
    ['a?b', 'axb', false],
  ])('%j and %j: %s', (pattern, text, matches) => {
    expect(matchesPattern(pattern, text)).toBe(matches);
  });

  test('is read as the regular expression would be that has .* in the place of each *', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '.'), maxLength: 8 });
    const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '.', '*'), maxLength: 8 });
    fc.assert(
      fc.property(pattern, text, (wanted, given) => {
        const same = new RegExp(`^${wanted.replaceAll('.', '\\.').replaceAll('*', '.*')}$`, 's');
        expect(matchesPattern(wanted, given)).toBe(same.test(given));
      }),
      { numRuns: 500 },
    );
  });
});
