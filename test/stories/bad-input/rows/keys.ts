import type { BadInput } from '../bad-input.ts';
import { type Answering, issuing, LIVE_URL } from '../network.ts';
import type { Newcomer } from '../newcomer.ts';

function stalls(reason: string) {
  return { type: 'Condition', kind: 'ApiKeyRotation', condition: 'Stalled', reason } as const;
}

const key = (changes: object) => ({
  key: { environment: 'Live', organization: 'acme', permissions: ['payments:read'], ...changes },
});

/** The issuer answers issue calls with something else than it should. */
function issuesWrongly(newcomer: Newcomer, answer: (right: Record<string, unknown>) => object): void {
  const right = issuing(newcomer.world.apio, 'Live');
  const wrong: Answering = (request) => {
    const answered = right(request);
    if (request.method !== 'POST' || request.path !== '/v1/api-keys' || !('body' in answered)) return answered;
    return { status: 201, body: JSON.stringify(answer(JSON.parse(answered.body ?? ''))) };
  };
  newcomer.network.serve(LIVE_URL, wrong);
}

/** The issuer is put right, and a person says so. */
function repaired({ network, world, story }: Newcomer): void {
  network.serve(LIVE_URL, issuing(world.apio, 'Live'));
  story.annotate({ rotate: 'repaired' });
}

/** Keys that the issuer refuses to make, or that cannot be used. */
export const KEYS: readonly BadInput[] = [
  {
    did: 'asked for a permission that the issuer does not know',
    seen: stalls('NeedsHuman'),
    wrong: (newcomer) => newcomer.create(key({ permissions: ['payments-read'] })),
    correct: (newcomer) => newcomer.change(key({ permissions: ['payments:read'] })),
    message:
      'ApiKeyIssuer payments/apio (Live) answered 422 (invalid_permissions) when asked to issue the key that spec.key describes; asking again will not help, check the specification; correct it there or in spec; it is tried again at least every 5 minutes',
    names: ['ApiKeyIssuer payments/apio (Live)', 'spec.key', 'invalid_permissions'],
    remedy: 'Correct `spec.key.permissions`; it goes on by itself.',
  },
  {
    did: 'added a permission that the issuer does not know to a key that is to be changed in place',
    seen: stalls('NeedsHuman'),
    wrong: async (newcomer) => {
      newcomer.create(key({ onPermissionChange: 'PreferInPlace' }));
      await newcomer.story.done(1);
      newcomer.change(key({ permissions: ['payments:read', 'payments-write'] }));
    },
    correct: (newcomer) => newcomer.change(key({ permissions: ['payments:read', 'payments:write'] })),
    message:
      'ApiKeyIssuer payments/apio (Live) answered 422 (invalid_permissions) when asked to add permissions to key key_…; asking again will not help, check the specification; correct it there or in spec; it is tried again at least every 5 minutes',
    names: ['ApiKeyIssuer payments/apio (Live)', 'key_…', 'invalid_permissions'],
    remedy: 'Correct `spec.key.permissions`; it goes on by itself, with the key that is in use.',
    // The second revision is done with the first key.
    costs: -1,
  },
  {
    did: 'asked for a key of an organization that the credential is not of',
    seen: stalls('NeedsHuman'),
    wrong: (newcomer) => newcomer.create(key({ organization: 'umbrella' })),
    correct: (newcomer) => newcomer.change(key({ organization: 'acme' })),
    message:
      'ApiKeyIssuer payments/apio (Live) answered 403 (foreign_organization) when asked to issue the key that spec.key describes; check the credential and its permissions; correct it there or in spec; it is tried again at least every 5 minutes',
    names: ['ApiKeyIssuer payments/apio (Live)', 'foreign_organization', 'check the credential'],
    remedy: 'Correct `spec.key.organization`, or give the issuer a credential of that organization.',
  },
  {
    did: 'used an issuer whose keys are shorter than 20 characters',
    seen: stalls('VerificationFailed'),
    wrong: (newcomer) => {
      issuesWrongly(newcomer, (right) => ({ ...right, key: 'short-secret' }));
      return newcomer.create();
    },
    correct: repaired,
    costs: 3,
    message:
      'key key_… of ApiKeyIssuer payments/apio (Live) has fewer than 20 characters, which cannot be handled safely; correct the issuer or spec.key, then: kubectl annotate --overwrite akr -n payments apio apikeyrotation.io/rotate=$(date +%s)',
    names: ['key_…', 'ApiKeyIssuer payments/apio (Live)', 'fewer than 20 characters', 'rotate='],
    remedy: 'Let the issuer make longer keys, then ask for another try with the command of the message.',
  },
  {
    did: 'used an issuer that gives a key other permissions than it was asked for',
    seen: stalls('VerificationFailed'),
    wrong: (newcomer) => {
      const { apio } = newcomer.world;
      issuesWrongly(newcomer, (right) => {
        const made = apio.keys.find(({ id }) => id === right.id);
        if (made) made.permissions = ['payments:read', 'payments:write'];
        return right;
      });
      return newcomer.create();
    },
    correct: repaired,
    costs: 3,
    message:
      'new key key_… does not verify: it has permissions [payments:read payments:write], not [payments:read]; correct the issuer or spec.key, then: kubectl annotate --overwrite akr -n payments apio apikeyrotation.io/rotate=$(date +%s)',
    names: ['key_…', 'payments:write', 'spec.key', 'rotate='],
    remedy:
      'Correct the issuer, or ask for what it gives in `spec.key.permissions`; then another try with the command of the message.',
  },
  {
    did: 'used an issuer that gives the same key again',
    seen: stalls('VerificationFailed'),
    wrong: async (newcomer) => {
      newcomer.create({ consumers: null, withoutEvidence: { overlap: '1m' } });
      await newcomer.story.done(1);
      const [first] = newcomer.world.apio.keys.filter(({ label }) => label);
      const right = issuing(newcomer.world.apio, 'Live');
      newcomer.network.serve(LIVE_URL, (request) => {
        if (request.method !== 'POST' || request.path !== '/v1/api-keys') return right(request);
        const { id, text, organization, environment, permissions, label } = first ?? {};
        const body = { id, key: text, organization, environment, permissions, label, status: 'active' };
        return { status: 201, body: JSON.stringify(body) };
      });
      newcomer.story.annotate({ rotate: 'first' });
    },
    correct: repaired,
    message:
      'new key key_… does not verify: it is the old key; correct the issuer or spec.key, then: kubectl annotate --overwrite akr -n payments apio apikeyrotation.io/rotate=$(date +%s)',
    names: ['key_…', 'old key', 'rotate='],
    remedy: 'Let the issuer make a key for each request; then another try with the command of the message.',
  },
];
