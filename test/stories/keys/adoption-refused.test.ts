import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { RotationSpec } from '../../../src/api/types.ts';
import { issueByHand, writeOutside } from '../world/outsiders.ts';
import { MOUNT, NAMESPACE, SECOND, TARGETS } from '../world/places.ts';
import { begin, OBJECT, type Story } from '../world/story.ts';
import { PATH } from '../world/world.ts';

/** What somebody finds who wants a rotation to adopt a key that exists. */
interface Finding {
  /** What is at the targets; answers the id of the key that a person is talking about. */
  readonly prepare: (story: Story) => void | Promise<void>;
  readonly spec?: Partial<RotationSpec>;
  /** What Stalled says, with `<…>` for what differs from case to case. */
  readonly says: string;
}

const DOCUMENT = readFileSync(join(import.meta.dirname, '../../../docs/adopting.md'), 'utf8');
const KEY = { environment: 'Live', permissions: ['payments:read'] };
const OTHER_PATH = 'payments/other';
const cannot = (problem: string) => `the existing key cannot be adopted: ${problem}`;

const FINDINGS: Readonly<Record<string, Finding>> = {
  'a value, and policy Refuse': {
    prepare: ({ world }) => writeOutside(world, PATH, { key: issueByHand(world).text }),
    spec: { existingKey: { policy: 'Refuse' } },
    says: 'target vault: payments/apio holds a value that this rotation did not write; remove the value, or choose another path in spec.targets; to take the value over set spec.existingKey.policy to Adopt',
  },
  'the key in another field': {
    prepare: ({ world }) => writeOutside(world, PATH, { API_KEY: issueByHand(world).text }),
    says: cannot(
      'target vault: payments/apio has no field key; name the field that holds the key in spec.targets, under fields, or write the key there',
    ),
  },
  'two targets with different values': {
    prepare({ world }) {
      for (const path of [PATH, SECOND.path]) writeOutside(world, path, { key: issueByHand(world).text });
    },
    spec: { targets: [TARGETS.Vault, SECOND] },
    says: cannot(
      'target second: payments/second holds another value than target vault; write the key that is in use to all of them, or take one out of spec.targets',
    ),
  },
  'one of two targets with nothing': {
    prepare: ({ world }) => writeOutside(world, PATH, { key: issueByHand(world).text }),
    spec: { targets: [TARGETS.Vault, SECOND] },
    says: cannot(
      'target second: payments/second has no field key; name the field that holds the key in spec.targets, under fields, or write the key there',
    ),
  },
  'a value that is too short for a key': {
    prepare: ({ world }) => writeOutside(world, PATH, { key: 'hunter2' }),
    says: cannot(
      'target vault: the value at payments/apio has fewer than 20 characters, which cannot be handled safely; write a longer key of the issuer there, or remove the value to have one issued',
    ),
  },
  'a value that is no key of the issuer': {
    prepare: ({ world }) => writeOutside(world, PATH, { key: 'something-that-is-no-key-of-the-issuer' }),
    says: cannot(
      'issuer apio does not know the value at payments/apio as a live key; write a key of that issuer there, or remove the value to have a new key issued',
    ),
  },
  'a key that is dead': {
    prepare({ world }) {
      const { id, text } = issueByHand(world);
      world.apio.revokeOutside(id);
      writeOutside(world, PATH, { key: text });
    },
    says: cannot(
      'issuer apio does not know the value at payments/apio as a live key; write a key of that issuer there, or remove the value to have a new key issued',
    ),
  },
  'another key than spec.existingKey.keyID': {
    prepare: ({ world }) => writeOutside(world, PATH, { key: issueByHand(world).text }),
    spec: { existingKey: { policy: 'Adopt', keyID: 'key_other' } },
    says: cannot(
      'the targets hold key <key id>, spec.existingKey.keyID is key_other; correct that field, or what the targets hold',
    ),
  },
  'another key than spec.existingKey.fingerprint': {
    prepare: ({ world }) => writeOutside(world, PATH, { key: issueByHand(world).text }),
    spec: { existingKey: { policy: 'Adopt', fingerprint: '00000000deadbeef' } },
    says: cannot(
      'the value at payments/apio has the fingerprint <fingerprint>, spec.existingKey.fingerprint is 00000000deadbeef; correct that field, or what the targets hold',
    ),
  },
  'a key of another organization': {
    prepare: (story) => writeOutside(story.world, PATH, { key: issueElsewhere(story) }),
    says: cannot(
      'key <key id> belongs to organization other, spec.key.organization is acme; correct that field, or what the targets hold',
    ),
  },
  'a key of another account, and no organization in spec': {
    prepare: (story) => writeOutside(story.world, PATH, { key: issueElsewhere(story) }),
    spec: { key: KEY },
    says: cannot(
      "issuer apio does not show key <key id> to the operator's own credential, which could never revoke it; name in spec.issuerRef an issuer whose credential is of the account that the key belongs to",
    ),
  },
  "the operator's own credential": {
    prepare: ({ world }) => writeOutside(world, PATH, { key: world.apio.keys.find((key) => key.manager)?.text ?? '' }),
    says: cannot(
      "issuer apio does not show key <key id> to the operator's own credential, which could never revoke it; name in spec.issuerRef an issuer whose credential is of the account that the key belongs to",
    ),
  },
  'a value that another installation manages': {
    prepare({ world }) {
      const { id, text } = issueByHand(world);
      const marker = { installation: 'another', uid: 'uid-a', revision: 7, attempt: 1, keyID: id };
      writeOutside(world, PATH, { key: text, keyID: id, APIKEYROTATION_MARKER: JSON.stringify(marker) });
    },
    says: cannot(
      'the value belongs to installation another; if nothing there manages it any more, write another key to the targets, without a marker',
    ),
  },
  'a value that another rotation manages': {
    prepare: async (story) => writeOutside(story.world, PATH, await servedByAnother(story)),
    says: cannot(
      'the value belongs to the rotation with uid <uid>, which still exists; delete that one with deletionPolicy Retain, or choose another path in spec.targets',
    ),
  },
  'the key of another rotation, copied by hand': {
    async prepare(story) {
      const { key = '' } = await servedByAnother(story);
      writeOutside(story.world, PATH, { key });
    },
    says: cannot(
      'key <key id>, by its label at the issuer, belongs to the rotation with uid <uid>, which still exists; delete that one with deletionPolicy Retain, or choose another path in spec.targets',
    ),
  },
};

describe('what a rotation finds at its targets is not adopted', () => {
  test.each(Object.entries(FINDINGS))('%s: it is left as it is, and told', async (_found, { prepare, spec, says }) => {
    const story = begin({ spec: { existingKey: { policy: 'Adopt' }, ...spec } });
    await prepare(story);
    const before = story.world.vault.serving(MOUNT, PATH);
    story.create();
    await story.stalled();
    await story.pass(10 * 60_000);
    expect(masked(story.tells('Stalled'))).toBe(`Conflict: ${says}`);
    expect(story.status().current).toBeUndefined();
    expect(story.world.vault.serving(MOUNT, PATH)).toEqual(before);
    const label = `/${story.world.rotation()?.metadata.uid}/`;
    expect(story.world.apio.keys.filter((key) => key.label?.includes(label))).toEqual([]);
  });

  test.each(Object.entries(FINDINGS))(
    '%s: once it is corrected the key is adopted',
    async (_found, { prepare, spec }) => {
      const story = begin({ spec: { existingKey: { policy: 'Adopt' }, ...spec } });
      await prepare(story);
      story.create();
      await story.stalled();
      const { id, text } = issueByHand(story.world);
      for (const { path } of story.world.rotation()?.spec.targets ?? []) writeOutside(story.world, path, { key: text });
      story.change({ existingKey: { policy: 'Adopt', keyID: id, fingerprint: null } });
      await story.until(({ current }) => current?.keyID === id);
      expect(story.tells('Ready')).toContain('KeyPublished');
      expect(story.tells('Stalled')).toContain('Progressing');
    },
  );

  test('and docs/adopting.md lists all of this, and nothing else', () => {
    const table = DOCUMENT.split('\n').filter((line) => line.startsWith('| ') && !line.startsWith('| found'));
    const rows = Object.entries(FINDINGS).map(([found, { says }]) => `| ${found} | ${says} |`);
    expect(table).toEqual(rows);
  });
});

test('the key of a rotation that is gone is adopted where somebody has copied it', async () => {
  const story = begin({ spec: { existingKey: { policy: 'Adopt' } } });
  const { key = '' } = await servedByAnother(story);
  story.world.kube.delete({ ...OBJECT, name: 'other' });
  await story.world.clock.advance(60_000);
  writeOutside(story.world, PATH, { key });
  story.create();
  await story.until(({ current }) => current?.adopted === true);
});

/** A key that people of another organization made; its text. */
function issueElsewhere({ world }: Story): string {
  const manager = world.apio.createManager('Live', 'other');
  return world.apio.issue(manager, { ...KEY, organization: 'other', environment: 'Live', label: undefined }, undefined)
    .key.text;
}

/** What another rotation of this cluster has published. */
async function servedByAnother({ world }: Story): Promise<Record<string, string>> {
  world.kube.create(
    { resource: OBJECT.resource, namespace: NAMESPACE },
    {
      apiVersion: 'apikeyrotation.io/v1alpha1',
      kind: 'ApiKeyRotation',
      metadata: { name: 'other' },
      spec: {
        issuerRef: { name: 'apio' },
        key: KEY,
        targets: [{ ...TARGETS.Vault, path: OTHER_PATH }],
        withoutEvidence: { overlap: '1h' },
      },
    },
  );
  const served = () => world.vault.serving(MOUNT, OTHER_PATH) as Record<string, string> | undefined;
  await world.clock.runUntil(() => served() !== undefined, 60_000);
  return { ...served() };
}

function masked(text: string): string {
  return text
    .replace(/\bkey_(?!other)\w+/g, '<key id>')
    .replace(/fingerprint [0-9a-f]{16}/, 'fingerprint <fingerprint>')
    .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/, '<uid>');
}
