import { issueByHand, writeOutside } from '../../world/outsiders.ts';
import { PATH } from '../../world/world.ts';
import type { BadInput } from '../bad-input.ts';
import { LIVE_URL } from '../network.ts';
import type { Newcomer } from '../newcomer.ts';

const KEY = { environment: 'Live', organization: 'acme', permissions: ['payments:read'] };
const SECRET = 'apio-delivered-key';
const DESK = { resource: 'apikeyissuers.apikeyrotation.io', namespace: 'payments', name: 'desk' };
const asks = { type: 'Condition', kind: 'ApiKeyRotation', condition: 'Rotating', reason: 'KeyRequested' } as const;
const REQUEST =
  'Please issue an API key: organization acme, environment Live, permissions payments:read. Reason: PCI scope. Give it to ApiKeyRotation payments/apio in Secret apio-delivered-key, fields key and keyID: kubectl -n payments create secret generic apio-delivered-key --from-literal=keyID=ID --from-file=key=/dev/stdin (request 1.1) (asked for at …, expected until …)';

/** Keys that people make have no label, by which the others are told. */
const BY_HAND = { costs: -1, exempt: ['S2'] };

/** An issuer behind which people work. */
function desk(newcomer: Newcomer, path = '/v1/api-keys/self'): string | undefined {
  const environments = [{ name: 'Live', probe: { url: LIVE_URL, path } }];
  const support = { environments, expectedWithin: '30m' };
  return newcomer.make({ kind: 'ApiKeyIssuer', metadata: { name: 'desk' }, spec: { type: 'Support', support } });
}

/** A rotation that has asked for its first key. */
async function asked(newcomer: Newcomer): Promise<void> {
  desk(newcomer);
  newcomer.create({ issuerRef: { name: 'desk' }, key: { ...KEY, reason: 'PCI scope' } });
  await newcomer.story.told('KeyRequested');
}

function give(newcomer: Newcomer, { id, text }: { readonly id: string; readonly text: string }): void {
  newcomer.secret(SECRET, { key: text, keyID: id });
}

/** Something else than what was asked for is given, and then the right thing. */
function gives(wrong: (newcomer: Newcomer) => void): Pick<BadInput, 'wrong' | 'correct' | 'costs' | 'exempt'> {
  return {
    wrong: async (newcomer) => {
      await asked(newcomer);
      wrong(newcomer);
      await newcomer.story.pass(30_000);
    },
    correct: (newcomer) => give(newcomer, issueByHand(newcomer.world)),
    ...BY_HAND,
  };
}

/** What people who issue keys do wrong, and those who let them. */
export const SUPPORT: readonly BadInput[] = [
  {
    did: 'said that people issue the keys, and not how long they may take',
    seen: { type: 'Refused' },
    wrong: (newcomer) => newcomer.make({ kind: 'ApiKeyIssuer', metadata: { name: 'desk' }, spec: { type: 'Support' } }),
    correct: (newcomer) => newcomer.create(),
    message:
      'ApiKeyIssuer.apikeyrotation.io "desk" is invalid: spec: Invalid value: type Support goes with the member support',
    names: ['ApiKeyIssuer', 'desk', 'the member support'],
    remedy: 'Write `support: {environments: [{name: Live}], expectedWithin: 48h}`.',
  },
  {
    did: 'named a probe that takes any text for a key',
    seen: { type: 'Condition', kind: 'ApiKeyIssuer', condition: 'Ready', reason: 'ProbeUnfit' },
    wrong: (newcomer) => {
      newcomer.network.serve('https://status.test', () => ({ status: 200, body: '{}' }));
      const environments = [{ name: 'Live', probe: { url: 'https://status.test', path: '/health' } }];
      const support = { environments, expectedWithin: '30m' };
      newcomer.make({ kind: 'ApiKeyIssuer', metadata: { name: 'desk' }, spec: { type: 'Support', support } });
      newcomer.create({ issuerRef: { name: 'desk' }, key: KEY });
    },
    correct: async (newcomer) => {
      const environments = [{ name: 'Live', probe: { url: LIVE_URL, path: '/v1/api-keys/self' } }];
      newcomer.change({ support: { environments } }, DESK);
      await newcomer.story.told('KeyRequested');
      give(newcomer, issueByHand(newcomer.world));
    },
    ...BY_HAND,
    message:
      'the probe of ApiKeyIssuer payments/desk (Live) accepts a text that is no key, so that it tells nothing; name a request in its path that takes a key',
    names: ['ApiKeyIssuer payments/desk (Live)', 'probe', 'path'],
    remedy: 'A path like `/v1/api-keys/self`: one that answers 401 to whoever has no key.',
  },
  {
    did: 'pasted half a certificate for the probe',
    seen: { type: 'Condition', kind: 'ApiKeyIssuer', condition: 'Ready', reason: 'InvalidDeclaration' },
    wrong: (newcomer) => {
      const ca = '-----BEGIN CERTIFICATE-----\nMIIB';
      const environments = [{ name: 'Live', probe: { url: LIVE_URL, path: '/v1/api-keys/self', ca } }];
      const support = { environments, expectedWithin: '30m' };
      newcomer.make({ kind: 'ApiKeyIssuer', metadata: { name: 'desk' }, spec: { type: 'Support', support } });
      newcomer.create({ issuerRef: { name: 'desk' }, key: KEY });
    },
    correct: async (newcomer) => {
      const environments = [{ name: 'Live', probe: { url: LIVE_URL, path: '/v1/api-keys/self' } }];
      newcomer.change({ support: { environments } }, DESK);
      await newcomer.story.told('KeyRequested');
      give(newcomer, issueByHand(newcomer.world));
    },
    ...BY_HAND,
    message:
      'ApiKeyIssuer payments/desk: spec.support.environments Live: probe.ca has no certificate that can be read; write all of its PEM text',
    names: ['ApiKeyIssuer payments/desk', 'environments Live', 'probe.ca'],
    remedy: '`openssl x509 -noout -subject -in ca.pem` must print its subject.',
  },
  {
    did: 'gave a key without its id',
    seen: asks,
    ...gives((newcomer) => newcomer.secret(SECRET, { key: issueByHand(newcomer.world).text })),
    message: `Secret apio-delivered-key is not taken: field keyID is missing: the id by which the key is revoked one day; make it with both fields by the command below. ${REQUEST}`,
    names: ['apio-delivered-key', 'keyID', 'by the command'],
    remedy: 'Write the id that the issuer shows for the key into field `keyID` of the Secret.',
  },
  {
    did: 'wrote the key into both fields of what is given',
    seen: asks,
    ...gives((newcomer) => {
      const { text } = issueByHand(newcomer.world);
      newcomer.secret(SECRET, { key: text, keyID: text });
    }),
    message: `Secret apio-delivered-key is not taken: field keyID has the text of the key in it; make it with both fields by the command below. ${REQUEST}`,
    names: ['apio-delivered-key', 'field keyID', 'by the command'],
    remedy:
      'Write the id that the issuer shows for the key into field `keyID`: it will stand where anybody can read it.',
  },
  {
    did: 'swapped the key and its id',
    seen: asks,
    ...gives((newcomer) => {
      const { id, text } = issueByHand(newcomer.world);
      newcomer.secret(SECRET, { key: id, keyID: text });
    }),
    message: `Secret apio-delivered-key is not taken: field key and field keyID look swapped: see which is the id and which the key; make it with both fields by the command below. ${REQUEST}`,
    names: ['apio-delivered-key', 'field key and field keyID', 'by the command'],
    remedy:
      'Delete the Secret and make it anew, the key in `key` and its id in `keyID`. Neither was recorded anywhere. Where an id is as long as its key, give the environment a `probe`.',
  },
  {
    did: 'gave a key of the Test environment to a Live rotation',
    seen: asks,
    ...gives((newcomer) => {
      const manager = newcomer.world.apio.createManager('Test', 'acme');
      const request = { organization: 'acme', environment: 'Test', permissions: ['payments:read'], label: undefined };
      give(newcomer, newcomer.world.apio.issue(manager, request, undefined).key);
    }),
    message: `Secret apio-delivered-key is not taken: field key is no living key of environment Live; make it with both fields by the command below. ${REQUEST}`,
    names: ['apio-delivered-key', 'field key', 'environment Live'],
    remedy: 'Have the key issued for the environment of the request, delete the Secret, and make it anew.',
  },
  {
    did: 'gave a key before one was asked for',
    seen: asks,
    wrong: async (newcomer) => {
      give(newcomer, { ...issueByHand(newcomer.world), id: 'key_17' });
      await asked(newcomer);
      await newcomer.story.pass(30_000);
    },
    correct: (newcomer) => give(newcomer, issueByHand(newcomer.world)),
    ...BY_HAND,
    message: `Secret apio-delivered-key is not taken: it was there before this key was asked for, and answers another request; delete it, have key key_17 revoked unless somebody uses it, then make it with both fields by the command below. ${REQUEST}`,
    names: ['apio-delivered-key', 'delete it'],
    remedy:
      '`kubectl -n payments delete secret apio-delivered-key`, and make it anew with the key of this request. Nobody else knows of the other key: have it revoked.',
  },
  {
    did: 'wanted a key taken over that people had issued, without naming it',
    seen: { type: 'Condition', kind: 'ApiKeyRotation', condition: 'Stalled', reason: 'Conflict' },
    wrong: (newcomer) => {
      const { id, text } = issueByHand(newcomer.world);
      writeOutside(newcomer.world, PATH, { key: text, keyID: id });
      desk(newcomer);
      newcomer.create({ issuerRef: { name: 'desk' }, key: KEY, existingKey: { policy: 'Adopt' } });
    },
    correct: (newcomer) =>
      newcomer.change({ existingKey: { keyID: newcomer.world.apio.keys.find(({ manager }) => !manager)?.id } }),
    costs: 0,
    exempt: ['S2'],
    message:
      'the existing key cannot be adopted: nobody but people knows which key stands at payments/apio; name its id in spec.existingKey.keyID',
    names: ['payments/apio', 'spec.existingKey.keyID'],
    remedy:
      '`kubectl -n payments patch akr apio --type merge -p \'{"spec":{"existingKey":{"keyID":"ID"}}}\'`, with the id that the issuer shows for the key in use. Its consumers go on with it meanwhile.',
  },
  {
    did: 'let people wait longer for a key than was expected',
    seen: { type: 'Condition', kind: 'ApiKeyRotation', condition: 'Stalled', reason: 'NeedsHuman' },
    wrong: asked,
    correct: (newcomer) => give(newcomer, issueByHand(newcomer.world)),
    ...BY_HAND,
    message: `people take longer than expected: ${REQUEST}`,
    names: ['longer than expected', 'apio-delivered-key'],
    remedy: 'Remind whoever issues keys; the request is in the message, and is still taken. Nothing is lost.',
  },
];
