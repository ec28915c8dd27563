import { SECOND, TARGETS } from '../../world/places.ts';
import type { BadInput } from '../bad-input.ts';
import { ISSUER, type Newcomer, VAULT } from '../newcomer.ts';

const target = (changes: object) => [{ ...TARGETS.Vault, ...changes }];
const consumer = (changes: object) => [{ name: 'api', evidence: [{ type: 'Report', ...changes }] }];
const issuerAt = (url: string) => ({
  environments: [{ name: 'Live', url, credentials: { secretRef: { name: 'apio', key: 'apiKey' } } }],
});

/** What a manifest of a rotation has wrong, and the right one applied after it. */
function manifest(spec: object) {
  return {
    seen: { type: 'Refused' },
    wrong: (newcomer: Newcomer) => newcomer.create(spec),
    correct: (newcomer: Newcomer) => newcomer.create(),
  } as const;
}

/** Manifests that the API server refuses: nothing of them is stored. */
export const MANIFESTS: readonly BadInput[] = [
  {
    did: 'asked for a key without any permission',
    ...manifest({ key: { environment: 'Live', permissions: [] } }),
    message:
      'ApiKeyRotation.apikeyrotation.io "apio" is invalid: spec.key.permissions: Invalid value: 0: spec.key.permissions in body should have at least 1 items',
    names: ['ApiKeyRotation', 'spec.key.permissions'],
    remedy: 'Name at least one: `permissions: [payments:read]`.',
  },
  {
    did: 'left the issuer out',
    ...manifest({ issuerRef: null }),
    message:
      'ApiKeyRotation.apikeyrotation.io "apio" is invalid: [spec.issuerRef: Required value, <nil>: Invalid value: null: some validation rules were not checked because the object was invalid; correct the existing errors to complete validation]',
    names: ['ApiKeyRotation', 'spec.issuerRef'],
    remedy: 'Name one of `kubectl -n payments get apikeyissuers`: `issuerRef: {name: apio}`.',
  },
  {
    did: 'misspelled a field',
    ...manifest({ key: { environment: 'Live', permisions: ['payments:read'], permissions: ['payments:read'] } }),
    message:
      'ApiKeyRotation in version "v1alpha1" cannot be handled as a ApiKeyRotation: strict decoding error: unknown field "spec.key.permisions"',
    names: ['spec.key.permisions'],
    remedy: '`kubectl explain akr.spec.key` lists the fields.',
  },
  {
    did: 'wrote a path that leaves its folder',
    ...manifest({ targets: target({ path: 'payments/../other' }) }),
    message:
      'ApiKeyRotation.apikeyrotation.io "apio" is invalid: spec.targets[0].path: Invalid value: "payments/../other": must not contain the segments . and ..',
    names: ['ApiKeyRotation', 'spec.targets[0].path'],
    remedy: 'Write the path in full, below the mount.',
  },
  {
    did: 'began a path with a slash',
    ...manifest({ targets: target({ path: '/payments/apio' }) }),
    message:
      'ApiKeyRotation.apikeyrotation.io "apio" is invalid: spec.targets[0].path: Invalid value: "/payments/apio": must be names of letters, digits, . _ - with a / between them, and none before the first or after the last',
    names: ['ApiKeyRotation', 'spec.targets[0].path'],
    remedy: 'Write it without: `path: payments/apio`. For a Kubernetes Secret it is the name of the Secret.',
  },
  {
    did: 'gave two targets one name',
    ...manifest({ targets: [TARGETS.Vault, { ...SECOND, name: 'vault' }] }),
    message: 'ApiKeyRotation.apikeyrotation.io "apio" is invalid: spec.targets[1]: Duplicate value: {"name":"vault"}',
    names: ['ApiKeyRotation', 'spec.targets[1]'],
    remedy: 'Give each target a name of its own.',
  },
  {
    did: 'named no field that holds the key',
    ...manifest({ targets: target({ fields: { id: 'keyID' } }) }),
    message:
      'ApiKeyRotation.apikeyrotation.io "apio" is invalid: spec.targets[0].fields: Invalid value: one field must hold key',
    names: ['ApiKeyRotation', 'spec.targets[0].fields', 'one field must hold key'],
    remedy: 'Say under which name the key is stored: `fields: {API_KEY: key, API_KEY_ID: keyID}`.',
  },
  {
    did: 'named neither consumers nor withoutEvidence',
    ...manifest({ consumers: null }),
    message:
      'ApiKeyRotation.apikeyrotation.io "apio" is invalid: spec: Invalid value: exactly one of consumers and withoutEvidence is needed: name every consumer with its evidence, or say withoutEvidence to revoke after a fixed overlap',
    names: ['ApiKeyRotation', 'spec', 'name every consumer with its evidence'],
    remedy: 'Add `consumers`, or `withoutEvidence: {overlap: 24h}` where nobody can report.',
  },
  {
    did: 'named both consumers and withoutEvidence',
    ...manifest({ withoutEvidence: { overlap: '24h' } }),
    message:
      'ApiKeyRotation.apikeyrotation.io "apio" is invalid: spec: Invalid value: exactly one of consumers and withoutEvidence is needed: name every consumer with its evidence, or say withoutEvidence to revoke after a fixed overlap',
    names: ['ApiKeyRotation', 'spec', 'exactly one of'],
    remedy: 'Remove `withoutEvidence`: the consumers say when they have moved.',
  },
  {
    did: 'asked for reports and did not say whose',
    ...manifest({ consumers: consumer({}) }),
    message:
      'ApiKeyRotation.apikeyrotation.io "apio" is invalid: spec.consumers[0].evidence[0]: Invalid value: type Report goes with the member report, types Proof and Approval have none',
    names: ['ApiKeyRotation', 'spec.consumers[0].evidence[0]', 'goes with the member report'],
    remedy: 'Name the ServiceAccount of the pods: `report: {serviceAccountName: api}`.',
  },
  {
    did: 'misspelled a value',
    ...manifest({ migration: { deadline: '72h', onDeadline: 'Rollback' } }),
    message:
      'ApiKeyRotation.apikeyrotation.io "apio" is invalid: [spec.migration.onDeadline: Unsupported value: "Rollback": supported values: "Hold", "RollBack", <nil>: Invalid value: null: some validation rules were not checked because the object was invalid; correct the existing errors to complete validation]',
    names: ['ApiKeyRotation', 'spec.migration.onDeadline', 'RollBack'],
    remedy: 'Take one of the values that the message lists, as it is written there.',
  },
  {
    did: 'wrote a duration in days',
    ...manifest({ migration: { deadline: '3d' } }),
    message:
      'ApiKeyRotation.apikeyrotation.io "apio" is invalid: spec.migration.deadline: Invalid value: "3d": must be a duration of GEP-2257, for instance 90s, 30m, 1h30m',
    names: ['ApiKeyRotation', 'spec.migration.deadline', 'for instance'],
    remedy: 'Hours are the largest unit: `deadline: 72h`.',
  },
  {
    did: 'wrote a duration in words',
    ...manifest({ schedule: { cron: '0 3 1 * *', jitter: '30 minutes' } }),
    message:
      'ApiKeyRotation.apikeyrotation.io "apio" is invalid: spec.schedule.jitter: Invalid value: "30 minutes": must be a duration of GEP-2257, for instance 90s, 30m, 1h30m',
    names: ['ApiKeyRotation', 'spec.schedule.jitter', 'for instance'],
    remedy: 'For instance `jitter: 30m`.',
  },
  {
    did: 'wrote a window that is open for no time',
    ...manifest({ schedule: { cron: '0 3 1 * *', windows: [{ cron: '0 2 * * *', duration: '0s' }] } }),
    message:
      'ApiKeyRotation.apikeyrotation.io "apio" is invalid: spec.schedule.windows[0].duration: Invalid value: "0s": must be from 1m to 8784h',
    names: ['ApiKeyRotation', 'spec.schedule.windows[0].duration', 'from 1m'],
    remedy: 'For instance `duration: 4h`.',
  },
  {
    did: 'let a rotation wait for itself',
    ...manifest({ after: { rotationRef: { name: 'apio' }, soak: '24h' } }),
    message:
      'ApiKeyRotation.apikeyrotation.io "apio" is invalid: <nil>: Invalid value: spec.after.rotationRef.name must not be this rotation itself, which would wait for ever',
    names: ['ApiKeyRotation', 'spec.after.rotationRef.name', 'must not be this rotation itself'],
    remedy: 'Name the rotation that goes ahead, for instance the one of the Test key.',
  },
  {
    did: 'wrote a schedule by its nickname',
    ...manifest({ schedule: { cron: '@daily' } }),
    message:
      'ApiKeyRotation.apikeyrotation.io "apio" is invalid: spec.schedule.cron: Invalid value: "@daily": must have five fields, for instance "0 3 1 * *" for the first of each month at three; @daily and the like are not known',
    names: ['ApiKeyRotation', 'spec.schedule.cron', 'five fields'],
    remedy: 'Write five fields: `cron: "0 3 * * *"` is each day at three.',
  },
  {
    did: 'named the id of an existing key without asking to adopt it',
    ...manifest({ existingKey: { policy: 'Refuse', keyID: 'key_123' } }),
    message:
      'ApiKeyRotation.apikeyrotation.io "apio" is invalid: spec.existingKey: Invalid value: keyID goes with policy Adopt only',
    names: ['ApiKeyRotation', 'spec.existingKey', 'policy Adopt'],
    remedy: 'Write `existingKey: {policy: Adopt, keyID: key_123}` to take that key over.',
  },
  {
    did: 'moved a rotation to another environment',
    seen: { type: 'Refused' },
    wrong: async (newcomer) => {
      newcomer.create();
      await newcomer.story.done(1);
      return newcomer.change({ key: { environment: 'Test' } });
    },
    correct: () => {},
    message:
      'ApiKeyRotation.apikeyrotation.io "apio" is invalid: spec: Invalid value: key.environment is immutable: a key of another environment is another key; make a new ApiKeyRotation',
    names: ['ApiKeyRotation', 'spec', 'key.environment', 'make a new ApiKeyRotation'],
    remedy: 'A key of another environment is another key: make another ApiKeyRotation, with a path of its own.',
  },
  {
    did: 'wrote the url of an issuer with a path',
    seen: { type: 'Refused' },
    wrong: (newcomer) => newcomer.change({ apio: issuerAt('https://live.apio.test/v1/api-keys') }, ISSUER),
    correct: (newcomer) => newcomer.create(),
    message:
      'ApiKeyIssuer.apikeyrotation.io "apio" is invalid: spec.apio.environments[0].url: Invalid value: "https://live.apio.test/v1/api-keys": must be http(s)://host[:port] and nothing after it: no path, user, query or fragment',
    names: ['ApiKeyIssuer', 'spec.apio.environments[0].url'],
    remedy: 'Leave the path away: `url: https://live.apio.test`.',
  },
  {
    did: 'wrote the url of an issuer without https://',
    seen: { type: 'Refused' },
    wrong: (newcomer) => newcomer.change({ apio: issuerAt('live.apio.test') }, ISSUER),
    correct: (newcomer) => newcomer.create(),
    message:
      'ApiKeyIssuer.apikeyrotation.io "apio" is invalid: spec.apio.environments[0].url: Invalid value: "live.apio.test": must be http(s)://host[:port] and nothing after it: no path, user, query or fragment',
    names: ['ApiKeyIssuer', 'spec.apio.environments[0].url'],
    remedy: 'Write the scheme too: `url: https://live.apio.test`.',
  },
  {
    did: 'gave two environments one url',
    seen: { type: 'Refused' },
    wrong: (newcomer) => {
      const { environments } = issuerAt('https://live.apio.test');
      return newcomer.change(
        { apio: { environments: [...environments, { ...environments[0], name: 'Test' }] } },
        ISSUER,
      );
    },
    correct: (newcomer) => newcomer.create(),
    message:
      'ApiKeyIssuer.apikeyrotation.io "apio" is invalid: spec.apio: Invalid value: environments need a url each: a key is told by the origin that issued it',
    names: ['ApiKeyIssuer', 'spec.apio', 'a url each'],
    remedy: 'Write the url of each environment, or leave the one that you do not use away.',
  },
  {
    did: 'made a store of type Vault without saying where Vault is',
    seen: { type: 'Refused' },
    wrong: (newcomer) => newcomer.make({ kind: 'KeyStore', metadata: { name: 'other' }, spec: { type: 'Vault' } }),
    correct: (newcomer) => newcomer.create(),
    message:
      'KeyStore.apikeyrotation.io "other" is invalid: spec: Invalid value: type Vault goes with the member vault, type KubernetesSecret has none',
    names: ['KeyStore', 'spec', 'the member vault'],
    remedy: 'Add `vault: {url: …, mount: …, auth: …}`; `kubectl explain aks.spec.vault` tells what each is.',
  },
  {
    did: 'gave a store of type Vault a login without a role',
    seen: { type: 'Refused' },
    wrong: (newcomer) => newcomer.change({ vault: { auth: { type: 'JWT', token: null } } }, VAULT),
    correct: (newcomer) => newcomer.create(),
    message:
      'KeyStore.apikeyrotation.io "vault" is invalid: spec.vault.auth: Invalid value: type JWT goes with the member jwt',
    names: ['KeyStore', 'spec.vault.auth', 'the member jwt'],
    remedy: 'Add `jwt: {role: …, serviceAccountName: …}`.',
  },
];
