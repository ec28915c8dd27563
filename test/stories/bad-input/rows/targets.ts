import { issueByHand, writeOutside, writeSecretOutside } from '../../world/outsiders.ts';
import { MOUNT, NAMESPACE, TARGETS } from '../../world/places.ts';
import type { BadInput } from '../bad-input.ts';
import type { Newcomer } from '../newcomer.ts';

const { path } = TARGETS.Vault;
const SECRET = TARGETS.KubernetesSecret;
const FIELDS = { API_KEY: 'key', API_KEY_ID: 'keyID' };

function stalls(reason: string) {
  return { type: 'Condition', kind: 'ApiKeyRotation', condition: 'Stalled', reason } as const;
}

/** What stood at the path is taken away, with its history. */
function clear({ world: { vault } }: Newcomer): void {
  vault.handle({ method: 'DELETE', path: `${MOUNT}/metadata/${path}`, token: vault.createToken() });
}

const dropSecret = ({ world }: Newcomer) =>
  world.kube.delete({ resource: 'secrets', namespace: NAMESPACE, name: SECRET.path });

/** Targets at which something stands that is not ours, and keys that are to be adopted. */
export const TARGET_VALUES: readonly BadInput[] = [
  {
    did: 'named a path at which somebody else keeps a value',
    seen: stalls('Conflict'),
    exempt: ['S4'],
    wrong: (newcomer) => {
      writeOutside(newcomer.world, path, { key: 'somebody-elses-value' });
      return newcomer.create();
    },
    correct: clear,
    message:
      'target vault: payments/apio holds a value that this rotation did not write; remove the value, or choose another path in spec.targets; to take the value over set spec.existingKey.policy to Adopt',
    names: ['target vault', path, 'spec.targets', 'existingKey.policy'],
    remedy:
      'Choose another path; remove the value where nobody needs it (`vault kv metadata delete -mount=secret payments/apio`); or, where it is a key of this issuer, take it over: `existingKey: {policy: Adopt}`.',
  },
  {
    did: 'named a path at which other fields stand, and nothing of ours',
    seen: stalls('Conflict'),
    wrong: (newcomer) => {
      writeOutside(newcomer.world, path, { DATABASE_URL: 'postgres://db' });
      return newcomer.create();
    },
    correct: (newcomer) => newcomer.change({ targets: [{ ...TARGETS.Vault, fieldsPolicy: 'Merge' }] }),
    message:
      'target vault: payments/apio holds a value that this rotation did not write; remove the value, or choose another path in spec.targets, or set fieldsPolicy to Merge to keep its fields beside ours; to take the value over set spec.existingKey.policy to Adopt',
    names: ['target vault', path, 'fieldsPolicy', 'Merge'],
    remedy: '`fieldsPolicy: Merge` keeps the fields that the rotation does not know.',
  },
  {
    did: 'merged into a value that has a field of that name already',
    seen: stalls('Conflict'),
    wrong: (newcomer) => {
      writeOutside(newcomer.world, path, { API_KEY: 'somebody-elses-value', DATABASE_URL: 'postgres://db' });
      return newcomer.create({ targets: [{ ...TARGETS.Vault, fieldsPolicy: 'Merge', fields: FIELDS }] });
    },
    correct: (newcomer) =>
      newcomer.change({ targets: [{ ...TARGETS.Vault, fieldsPolicy: 'Merge', fields: { APIO_KEY: 'key' } }] }),
    message:
      'target vault: payments/apio holds a value that this rotation did not write; remove the value, or choose another path in spec.targets; to take the value over set spec.existingKey.policy to Adopt',
    names: ['target vault', path, 'spec.targets'],
    remedy: 'Give the key another field in `spec.targets[].fields`, or remove that field from the value.',
  },
  {
    did: 'named a Secret of another type',
    seen: stalls('NeedsHuman'),
    wrong: (newcomer) => {
      const data = { 'tls.crt': '', 'tls.key': '' };
      newcomer.make({ kind: 'Secret', metadata: { name: SECRET.path }, type: 'kubernetes.io/tls', data });
      return newcomer.create({ targets: [SECRET] });
    },
    correct: dropSecret,
    message:
      'Secret payments/payments-apio is of type kubernetes.io/tls, only Opaque ones are used: name another Secret, or delete it and let it be made anew; correct it there or in spec; it is tried again at least every 5 minutes',
    names: [SECRET.path, 'kubernetes.io/tls', 'Opaque'],
    remedy: 'Choose another path, or delete that Secret.',
  },
  {
    did: 'named an immutable Secret',
    seen: stalls('NeedsHuman'),
    wrong: (newcomer) => {
      const fields = { DATABASE_URL: 'postgres://db' };
      newcomer.make({ kind: 'Secret', metadata: { name: SECRET.path }, stringData: fields, immutable: true });
      return newcomer.create({ targets: [{ ...SECRET, fieldsPolicy: 'Merge' }] });
    },
    correct: (newcomer) => {
      dropSecret(newcomer);
      writeSecretOutside(newcomer.world, SECRET.path, { DATABASE_URL: 'postgres://db' });
    },
    message:
      'Secret payments/payments-apio is immutable: delete it and let it be made anew, or name another Secret; correct it there or in spec; it is tried again at least every 5 minutes',
    names: [SECRET.path, 'immutable'],
    remedy: 'Make the Secret anew without `immutable: true`, or choose another path.',
  },
  {
    did: 'wrote over a value that a rotation keeps',
    seen: stalls('Drifted'),
    exempt: ['S4'],
    wrong: async (newcomer) => {
      newcomer.create();
      await newcomer.story.done(1);
      writeOutside(newcomer.world, path, { key: 'a-value-put-there-in-an-emergency' });
      await newcomer.story.until(({ drift }) => drift !== undefined, 7 * 3_600_000);
    },
    correct: (newcomer) => newcomer.change({ onDrift: 'Repair' }),
    message:
      'target vault: payments/apio no longer holds key key_…, its value was changed; seen at …. Nothing is written there: restore that value, or have the key written there again: kubectl patch akr -n payments apio --type merge -p \'{"spec":{"onDrift":"Repair"}}\'',
    names: ['target vault', path, 'key_…', 'kubectl patch akr', 'onDrift'],
    remedy:
      'Restore the version before (`vault kv rollback`), or let it be written again: `onDrift: Repair`. What is not seen to be restored at once is seen within ten minutes.',
  },
  {
    exempt: ['S2'],
    did: 'asked to adopt a key and named the id of another one',
    seen: stalls('Conflict'),
    wrong: (newcomer) => {
      writeOutside(newcomer.world, path, { key: issueByHand(newcomer.world).text });
      return newcomer.create({ existingKey: { policy: 'Adopt', keyID: 'key_000000000000' } });
    },
    correct: (newcomer) => newcomer.change({ existingKey: { keyID: null } }),
    message:
      'the existing key cannot be adopted: the targets hold key key_…, spec.existingKey.keyID is key_…; correct that field, or what the targets hold',
    names: ['spec.existingKey.keyID', 'key_…', 'correct that field'],
    remedy: 'Name the key that stands there, or leave `keyID` away to take over what the issuer knows.',
  },
  {
    did: 'asked to adopt a value that the issuer does not know',
    seen: stalls('Conflict'),
    exempt: ['S4'],
    wrong: (newcomer) => {
      writeOutside(newcomer.world, path, { key: 'a-key-of-some-other-vendor' });
      return newcomer.create({ existingKey: { policy: 'Adopt' } });
    },
    correct: clear,
    message:
      'the existing key cannot be adopted: issuer apio does not know the value at payments/apio as a live key; write a key of that issuer there, or remove the value to have a new key issued',
    names: ['issuer apio', path, 'write a key of that issuer'],
    remedy: 'Write the key that the issuer gave out, or remove the value: then a new key is issued.',
  },
  {
    exempt: ['S2'],
    did: 'asked to adopt a key of another organization',
    seen: stalls('Conflict'),
    wrong: (newcomer) => {
      writeOutside(newcomer.world, path, { key: issueByHand(newcomer.world).text });
      return newcomer.create({
        existingKey: { policy: 'Adopt' },
        key: { environment: 'Live', organization: 'umbrella', permissions: ['payments:read'] },
      });
    },
    correct: (newcomer) => newcomer.change({ key: { organization: 'acme' } }),
    message:
      'the existing key cannot be adopted: key key_… belongs to organization acme, spec.key.organization is umbrella; correct that field, or what the targets hold',
    names: ['spec.key.organization', 'organization acme', 'correct that field'],
    remedy: 'Correct `spec.key.organization`.',
  },
];
