import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { DeclaredRequest } from '../../../src/issuers/http/declaration.ts';
import { makeRequest } from '../../../src/issuers/http/request.ts';

const ABOUT = { peer: 'the vendor', operation: 'do it' };
const make = (declared: Partial<DeclaredRequest>, value: string, wholes = {}) =>
  makeRequest({ method: 'POST', path: '/keys', ...declared }, { texts: { value }, wholes }, ABOUT);

const HOSTILE = [
  'a/b',
  '../admin',
  'a?admin=true',
  'a#b',
  'a&b=c',
  '"}, "role": "admin',
  '{{keyID}}',
  '\\u0022',
  '%2e%2e%2fx',
  'a\r\nb',
  'ü',
];

describe('a value in a request', () => {
  test.each(HOSTILE)('%j stays one segment of a path', (value) => {
    const { path } = make({ path: '/keys/{{value}}/roll' }, value);
    expect(new URL(path, 'https://vendor.test').pathname.split('/')).toEqual([
      '',
      'keys',
      encodeURIComponent(value),
      'roll',
    ]);
  });

  test.each(['', '.', '..', '%2e%2E'])('%j is no segment of a path', (value) => {
    // What is encoded once must not be decoded twice on the way; `%2e` itself becomes %252e.
    const declared = value.startsWith('%') ? { path: `/keys/${value}/roll` } : { path: '/keys/{{value}}/roll' };
    expect(() => make(declared, value)).toThrow(
      'the request to do it at the vendor cannot be made: a segment of its path is empty or leads upwards; correct spec.key of the ApiKeyRotation',
    );
  });

  test.each(['role', 'team'])('takes no place of another member of a JSON body, %s', (value) => {
    const body = { role: 'reader', teams: [{ team: 'mine', '{{value}}': 'admin' }], '{{value}}': 'admin' };
    expect(() => make({ body }, value)).toThrow(
      'the request to do it at the vendor cannot be made: two members of its body would have one name; correct spec.key of the ApiKeyRotation',
    );
    expect(make({ body }, 'other').body).toEqual({
      role: 'reader',
      teams: [{ team: 'mine', other: 'admin' }],
      other: 'admin',
    });
  });

  test('is one text of a JSON body, whatever it holds, and one value of a query or a form', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (value) => {
        const made = make(
          { body: { a: ['{{value}}', { b: 'x-{{value}}-{{value}}' }] }, query: { q: '{{value}}' } },
          value,
        );
        expect(JSON.parse(JSON.stringify(made.body))).toEqual({ a: [value, { b: `x-${value}-${value}` }] });
        expect(made.query).toEqual({ q: value });
        expect(make({ form: { f: '{{value}}' } }, value).form).toEqual({ f: value });
      }),
    );
  });

  test.each(['a\r\nX-Admin: 1', 'a\u0000', 'ü'])('%j is refused in a header, without being shown', (value) => {
    expect(() => make({ headers: { 'X-Name': '{{value}}' } }, value)).toThrow(
      /^the request to do it at the vendor cannot be made: a header of it has characters that no header has/,
    );
  });

  test('that is a list or a number takes the place of a text that is its name alone', () => {
    const body = { scopes: '{{permissions}}', ttl: '{{lifetimeSeconds}}' };
    expect(make({ body }, '', { permissions: ['a', 'b'], lifetimeSeconds: 60 }).body).toEqual({
      scopes: ['a', 'b'],
      ttl: 60,
    });
  });

  test('that the rotation does not give is asked for by its field', () => {
    expect(() => makeRequest({ method: 'GET', path: '/{{organization}}' }, { texts: {} }, ABOUT)).toThrow(
      'the vendor needs {{organization}} to do it: set spec.key.organization of the ApiKeyRotation',
    );
  });

  test('has no name of what every object has', () => {
    expect(() => makeRequest({ method: 'GET', path: '/{{constructor}}' }, { texts: {} }, ABOUT)).toThrow('constructor');
  });
});
