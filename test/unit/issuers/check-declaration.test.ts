import { describe, expect, test } from 'vitest';
import { checkDeclaration } from '../../../src/issuers/http/check-declaration.ts';
import type { HttpDeclaration } from '../../../src/issuers/http/declaration.ts';
import { declaredApio } from '../../doubles/declared-apio.ts';

const RIGHT = declaredApio('https://vendor.test');
const LIST = { ...RIGHT.list, items: '/data' };
const issue = (request: object) => ({
  issue: {
    ...RIGHT.issue,
    request: { method: 'POST', path: '/keys', ...request } as HttpDeclaration['issue']['request'],
  },
});
const deep = (levels: number): object => (levels === 0 ? {} : { a: deep(levels - 1) });

/** What is wrong, and what is said after `ApiKeyIssuer team/vendor: `. */
const WRONG: readonly [what: string, change: Partial<HttpDeclaration>, told: string][] = [
  [
    'the id of a key in the request that makes it',
    issue({ path: '/keys/{{keyID}}' }),
    'spec.http.issue.request.path has the name "keyID", which has no value here; write one of {{environment}}, {{attemptID}}, {{label}}, {{organization}}',
  ],
  [
    'a list in the middle of a text',
    issue({ body: { scope: 'all {{permissions}}' } }),
    'spec.http.issue.request.body.scope has the name "permissions", which has no value here; write one of {{environment}}, {{attemptID}}, {{label}}, {{organization}}, {{permissions}}',
  ],
  [
    'an expiry without a lifetime',
    issue({ query: { until: '{{expiresAt}}' } }),
    'spec.http.issue.request.query.until has the name "expiresAt", which has no value here; write one of {{environment}}, {{attemptID}}, {{label}}, {{organization}}',
  ],
  [
    'braces that do not close',
    issue({ form: { name: '{{label}' } }),
    'spec.http.issue.request.form.name has {{ or }} without the other; write a name between them',
  ],
  [
    'a header that ends the request early',
    issue({ headers: { 'Content-Length': '0' } }),
    'spec.http.issue.request.headers.Content-Length is a header that a request may not declare; leave it away, and name credentials in auth',
  ],
  [
    'a body without end',
    issue({ body: deep(9) }),
    'spec.http.issue.request.body is nested deeper than 8; make it flatter',
  ],
  [
    'a credential that says who is called',
    {
      environments: [
        {
          name: 'Live',
          url: 'https://vendor.test',
          auth: { type: 'Headers', headers: [{ name: 'Host', secretRef: { name: 's', key: 'k' } }] },
        },
      ],
    },
    "spec.http.environments Live: auth.headers Host is no header for a credential; name the vendor's own",
  ],
  [
    'a probe that shows the key where a name of the host stands',
    { verify: { ...RIGHT.verify, credential: { type: 'Header', header: { name: 'host' } } } },
    "spec.http.verify.credential.header.name host is no header for a credential; name the vendor's own",
  ],
  [
    'a probe that has the presumed key described, whoever asks',
    { verify: { ...RIGHT.verify, request: { method: 'GET', path: '/keys/{{keyID}}' } } },
    'spec.http.verify.record is read from an answer about {{keyID}}, which does not say whose credential it came with; ask for the key that is shown, or leave record away',
  ],
  [
    'a probe that hears the id that it sent',
    {
      verify: {
        request: { method: 'POST', path: '/whoami', body: { ids: ['{{keyID}}'] } },
        credential: { type: 'Bearer' },
        keyID: '/ids/0',
      },
    },
    'spec.http.verify.keyID is read from an answer about {{keyID}}, which does not say whose credential it came with; ask for the key that is shown, or leave keyID away',
  ],
  [
    'a value that one of its environments lacks',
    {
      environments: [
        ...RIGHT.environments.map((each) => ({ ...each, values: { account: '42' } })),
        ...RIGHT.environments.map((each) => ({ ...each, name: 'Test', values: { place: '43' } })),
      ],
      ...issue({ path: '/accounts/{{values.account}}/keys' }),
    },
    'spec.http.issue.request.path has the name "values.account", which has no value here; write one of {{environment}}, {{attemptID}}, {{label}}, {{organization}}',
  ],
  [
    'a member that is called by a name without a value',
    issue({ body: { resources: { 'account.{{values.account}}': '*' } } }),
    'spec.http.issue.request.body.resources.account.{{values.account}} has the name "values.account", which has no value here; write one of {{environment}}, {{attemptID}}, {{label}}, {{organization}}',
  ],
  [
    'ids that look like one of two things',
    { key: { ...RIGHT.key, keyIDPattern: '(SK|AC)[0-9a-f]+' } },
    'spec.http.key.keyIDPattern is none of those that are matched; write characters, classes such as [a-z0-9] and at most three of * + ? {n,m}, without groups',
  ],
  [
    'a list by a parameter, and no other check',
    {
      parameters: [{ name: 'team', pattern: '[a-z]+' }],
      list: { ...LIST, request: { method: 'GET', path: '/teams/{{parameters.team}}/keys' } },
    },
    'spec.http.list.request.path has a parameter of rotations, so that the list cannot show whether the credential works; declare check, a request without parameters',
  ],
];

describe('a declaration', () => {
  test('that is right is not complained of', () => {
    checkDeclaration(
      { ...RIGHT, lifetime: '2h', ...issue({ query: { until: '{{expiresAt}}' }, body: deep(7) }) },
      'it',
    );
  });

  test('may name values that all of its environments have, in a check and a list as well', () => {
    const environments = ['Live', 'Test'].flatMap((name) =>
      RIGHT.environments.map((each) => ({ ...each, name, values: { account: name } })),
    );
    const request = { method: 'GET', path: '/accounts/{{values.account}}/keys' } as const;
    checkDeclaration({ ...RIGHT, environments, list: { ...LIST, request }, check: { request } }, 'it');
  });

  test('may have the presumed key described where that key must be shown with its id', () => {
    const request = { method: 'GET', path: '/keys/{{keyID}}' } as const;
    const credential = { type: 'Basic', basic: { username: '{{keyID}}' } } as const;
    checkDeclaration({ ...RIGHT, verify: { request, credential, record: '' } }, 'it');
  });

  test.each(WRONG)('with %s is refused by its field', (_what, change, told) => {
    expect(() => checkDeclaration({ ...RIGHT, ...change }, 'ApiKeyIssuer team/vendor')).toThrow(
      `ApiKeyIssuer team/vendor: ${told}`,
    );
  });
});
