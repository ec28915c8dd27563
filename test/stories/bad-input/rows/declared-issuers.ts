import type { HttpDeclaration } from '../../../../src/issuers/http/declaration.ts';
import { declaredApio } from '../../../doubles/declared-apio.ts';
import type { BadInput } from '../bad-input.ts';
import { LIVE_URL } from '../network.ts';
import { ISSUER, type Newcomer } from '../newcomer.ts';

const right = declaredApio(LIVE_URL);

const LIVE = { name: 'Live', url: LIVE_URL, credentials: { secretRef: { name: 'apio', key: 'apiKey' } } };

/** The issuer is declared, by a merge: null takes away what the other type had. */
function declare(newcomer: Newcomer, change: Partial<HttpDeclaration> = {}): string | undefined {
  return newcomer.change({ type: 'HTTP', apio: null, http: { ...right, ...change } }, ISSUER);
}

/** Makes the rotation while the issuer is declared like this, and declares it right afterwards. */
function declaredAs(change: Partial<HttpDeclaration>): Pick<BadInput, 'wrong' | 'correct'> {
  return {
    wrong: (newcomer) => {
      declare(newcomer, change);
      return newcomer.create();
    },
    correct: (newcomer) => {
      // A merge would leave behind what was wrong.
      newcomer.change({ type: 'APIO', apio: { environments: [LIVE] }, http: null }, ISSUER);
      declare(newcomer);
    },
  };
}

/** The API server refuses the declaration. */
function refusedAs(change: Partial<HttpDeclaration>): Pick<BadInput, 'seen' | 'wrong' | 'correct'> {
  return {
    seen: { type: 'Refused' },
    wrong: (newcomer) => declare(newcomer, change),
    correct: (newcomer) => {
      declare(newcomer);
      newcomer.create();
    },
  };
}

const invalid = { type: 'Condition', kind: 'ApiKeyIssuer', condition: 'Ready', reason: 'InvalidDeclaration' } as const;

/** Issuers of type HTTP whose declaration is none. */
export const DECLARED_ISSUERS: readonly BadInput[] = [
  {
    did: 'declared an issuer of type HTTP without saying which requests it takes',
    seen: { type: 'Refused' },
    wrong: (newcomer) => newcomer.change({ type: 'HTTP', apio: null }, ISSUER),
    correct: (newcomer) => newcomer.create(),
    message:
      'ApiKeyIssuer.apikeyrotation.io "apio" is invalid: spec: Invalid value: type HTTP goes with the member http',
    names: ['ApiKeyIssuer', 'spec', 'the member http'],
    remedy: 'Take the [recipe](../examples/issuers/README.md) of your vendor, or `kubectl explain aki.spec.http`.',
  },
  {
    did: 'declared the path of a request with its query',
    ...refusedAs({ revoke: { request: { method: 'DELETE', path: '/v1/api-keys/{{keyID}}?force=true' } } }),
    message:
      'ApiKeyIssuer.apikeyrotation.io "apio" is invalid: spec.http.revoke.request.path: Invalid value: "/v1/api-keys/{{keyID}}?force=true": must be a path from the origin on, for instance /v1/keys/{{keyID}}: no query, fragment or empty segment',
    names: ['ApiKeyIssuer', 'spec.http.revoke.request.path', 'no query'],
    remedy: 'Write the parameters under `query`.',
  },
  {
    did: 'declared a request with a name that has no value there',
    seen: invalid,
    ...declaredAs({ revoke: { request: { method: 'DELETE', path: '/v1/api-keys/{{id}}' } } }),
    message:
      'ApiKeyIssuer payments/apio: spec.http.revoke.request.path has the name "id", which has no value here; write one of {{environment}}, {{keyID}}',
    names: ['spec.http.revoke.request.path', '"id"', '{{keyID}}'],
    remedy: 'Write one of the names that the message lists.',
  },
  {
    did: 'declared the credential as a header of a request',
    seen: invalid,
    ...declaredAs({
      check: { request: { method: 'GET', path: '/v1/api-keys', headers: { Authorization: 'Bearer x' } } },
    }),
    message:
      'ApiKeyIssuer payments/apio: spec.http.check.request.headers.Authorization is a header that a request may not declare; leave it away, and name credentials in auth',
    names: ['spec.http.check.request.headers.Authorization', 'leave it away'],
    remedy: 'Write the credential into a Secret and name that under `auth`: a manifest is no place for it.',
  },
  {
    did: 'asked for permissions of an issuer that gives all keys the same',
    seen: { type: 'Condition', kind: 'ApiKeyRotation', condition: 'Stalled', reason: 'NeedsHuman' },
    ...declaredAs({ key: { ...right.key, permissions: { all: ['everything'] } } }),
    message:
      'ApiKeyIssuer payments/apio (Live) gives every key the permissions [everything]: spec.key.permissions of the ApiKeyRotation must be these; correct it there or in spec; it is tried again at least every 5 minutes',
    names: ['ApiKeyIssuer payments/apio (Live)', '[everything]', 'spec.key.permissions'],
    remedy: 'Write into `spec.key.permissions` what the message says, or choose another issuer.',
  },
  {
    did: 'asked for a key of an organization where the issuer tells none',
    seen: { type: 'Condition', kind: 'ApiKeyRotation', condition: 'Stalled', reason: 'NeedsHuman' },
    wrong: (newcomer) => {
      const { organization: _, ...key } = right.key;
      declare(newcomer, { key });
      return newcomer.create();
    },
    correct: (newcomer) => declare(newcomer),
    message:
      'ApiKeyIssuer payments/apio (Live) does not tell the organization of a key; leave spec.key.organization of the ApiKeyRotation away, or let spec.http.key.organization of the issuer say; correct it there or in spec; it is tried again at least every 5 minutes',
    names: ['ApiKeyIssuer payments/apio (Live)', 'spec.key.organization', 'spec.http.key.organization'],
    remedy: 'Leave it away, or declare where the answer has it: it could not be seen to be right.',
  },
  {
    did: 'declared a parameter with a pattern that has groups',
    seen: invalid,
    ...declaredAs({ parameters: [{ name: 'team', pattern: '(a+)+' }] }),
    message:
      'ApiKeyIssuer payments/apio: spec.http.parameters team: pattern is none of those that are matched; write characters, classes such as [a-z0-9] and at most three of * + ? {n,m}, without groups',
    names: ['spec.http.parameters team', 'pattern', 'without groups'],
    remedy: 'Write what a value looks like, character by character: `[a-z0-9-]+`.',
  },
  {
    did: 'named the text of a key as its id',
    seen: { type: 'Condition', kind: 'ApiKeyRotation', condition: 'Rotating', reason: 'UnusableAnswer' },
    wrong: async (newcomer) => {
      declare(newcomer, { key: { ...right.key, keyID: '/key' } });
      newcomer.create();
      await newcomer.story.told('UnusableAnswer');
    },
    correct: (newcomer) => declare(newcomer),
    costs: 1,
    message:
      'ApiKeyIssuer payments/apio (Live) gave an unusable answer to list keys: a key of ours in it has no id where spec.http.key.keyID says; it is asked again later; attempt 1.1, begun at …, obtains and publishes a new key (trigger FirstIssue)',
    names: ['ApiKeyIssuer payments/apio (Live)', 'spec.http.key.keyID', 'asked again later'],
    remedy: 'Point `spec.http.key.keyID` at the id. The key was told to nobody; it is revoked, and another one issued.',
  },
  {
    did: 'pasted half a certificate for an issuer of type HTTP',
    seen: invalid,
    ...declaredAs({
      environments: right.environments.map((each) => ({ ...each, ca: '-----BEGIN CERTIFICATE-----\nMIIB' })),
    }),
    message:
      'ApiKeyIssuer payments/apio: spec.http.environments Live: ca has no certificate that can be read; write all of its PEM text',
    names: ['ApiKeyIssuer payments/apio', 'spec.http.environments Live', 'ca'],
    remedy: '`openssl x509 -noout -subject -in ca.pem` must print its subject.',
  },
  {
    did: 'left a parameter away that the issuer asks for',
    seen: { type: 'Condition', kind: 'ApiKeyRotation', condition: 'Rotating', reason: 'InvalidParameters' },
    wrong: (newcomer) => {
      declare(newcomer, { parameters: [{ name: 'team', pattern: '[a-z]+', description: 'who uses the key' }] });
      return newcomer.create();
    },
    correct: (newcomer) => newcomer.change({ key: { parameters: { team: 'billing' } } }),
    message:
      'ApiKeyIssuer apio cannot be used: spec.key.parameters.team is missing (who uses the key); ApiKeyIssuer payments/apio needs it',
    names: ['spec.key.parameters.team', 'who uses the key', 'ApiKeyIssuer payments/apio'],
    remedy: 'Write it into `spec.key.parameters`.',
  },
  {
    did: 'gave parameters to an issuer that has none',
    seen: { type: 'Condition', kind: 'ApiKeyRotation', condition: 'Rotating', reason: 'InvalidParameters' },
    wrong: (newcomer) => {
      newcomer.create();
      return newcomer.change({ key: { parameters: { team: 'billing' } } });
    },
    correct: (newcomer) => newcomer.change({ key: { parameters: null } }),
    message:
      'ApiKeyIssuer apio cannot be used: spec.key.parameters.team is no parameter of ApiKeyIssuer payments/apio, which has none; leave it away',
    names: ['spec.key.parameters.team', 'ApiKeyIssuer payments/apio', 'leave it away'],
    remedy: '`kubectl explain aki.spec.http.parameters`: only an issuer of type HTTP can have some.',
  },
];
