import { describe, expect, test } from 'vitest';
import { MARKER_FIELD } from '../../../src/stores/vault/vault-fields.ts';
import { begin, forceDelete, type Story, stepBack, writeOutside } from '../world/story.ts';
import { INSTALLATION, MOUNT, PATH } from '../world/world.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const PODS = ['api-0', 'api-1'];
const OTHER = 'payments/second';

function messages({ world }: Story, reason: string): string[] {
  const events = world.kube.list({ resource: 'events' }).items;
  return events.filter((event) => event.reason === reason).map((event) => String(event.message));
}

test('accepting a state revokes nothing, lists the other living keys, and the next rotation revokes them at its end', async () => {
  // Until it is accepted the markers are above the restored status, and what is swept in the end was listed until then.
  const story = begin({ exempt: ['S3', 'S10'] });
  const { first, second } = await stepBack(story);
  story.annotate({ 'accept-state': '2' });
  await story.until(({ current }) => current?.keyID === second);
  expect(story.status()).toMatchObject({
    abandoned: [{ keyID: first, revision: 1 }],
    lastHandled: { acceptState: '2' },
  });
  await story.until(({ revision, rotation }) => revision === 3 && !!rotation?.publishedAt);
  await story.world.clock.advance(HOUR_MS);
  expect(story.live(), 'nobody has moved').toEqual([first, second, story.serves()]);
  expect(messages(story, 'StateAccepted')).toEqual([
    `state accepted at 2.1; key ${second} is current; also alive until the next rotation ends: ${first}`,
  ]);
  story.consume(...PODS);
  await story.done(3);
  expect(story.live()).toEqual([story.serves()]);
  expect(story.wrong()).toEqual([]);
});

describe('a key in hand that no target has seen', () => {
  const fates = {
    'its object is gone': { again: false, failing: 0 },
    'its object is gone and the first try fails': { again: false, failing: 1 },
    'its object was made again under the same name': { again: true, failing: 0 },
    'its object was made again and the first try fails': { again: true, failing: 1 },
  };
  test.each(Object.entries(fates))('is revoked when %s', async (_fate, { again, failing }) => {
    const story = begin();
    const unverified = { call: 'issuer verify', type: 'Unavailable' as const, times: Number.POSITIVE_INFINITY };
    story.faults.push(unverified);
    story.create();
    await story.until(() => story.live().length === 1);
    const [inHand] = story.live();
    await story.world.clock.advance(3_000);
    if (failing > 0) story.faults.push({ call: 'issuer revoke', type: 'Unavailable', times: failing });
    forceDelete(story);
    if (again) story.create();
    await story.world.clock.advance(10_000);
    unverified.times = 0;
    await story.world.clock.advance(10 * MINUTE_MS);
    expect(story.live()).not.toContain(inHand);
    expect(story.live()).toEqual(again ? [story.serves()] : []);
    expect(story.invariants()).toEqual([]);
  });
});

test('an orphan that may not be revoked yet is named and looked for again, until it may', async () => {
  const story = begin();
  story.faults.push({ call: 'issuer issue', type: 'LoseRequest', times: 1 });
  story.create();
  await story.until(({ current, rotation }) => !!current && !rotation);
  const value = { ...story.world.vault.serving(MOUNT, PATH) } as Record<string, string>;
  const orphan = executeLate(story, '1.1');
  const { [MARKER_FIELD]: _, ...unmarked } = value;
  writeOutside(story.world, PATH, unmarked);
  await story.world.clock.advance(HOUR_MS);
  expect(story.live()).toContain(orphan);
  expect(messages(story, 'OrphanKeys')[0]).toBe(
    `these keys are used by nobody but cannot be revoked while a target does not hold what was published: ${orphan}`,
  );
  expect(Date.parse(story.status().sweepAfter ?? '')).toBeGreaterThan(story.world.clock.now() - 5_000);
  const { [MARKER_FIELD]: marker = '' } = value;
  writeOutside(story.world, PATH, { ...unmarked, [MARKER_FIELD]: marker.replace('"attempt":3', '"attempt": 3') });
  await story.until(({ sweepAfter }) => !sweepAfter);
  expect(story.live()).toEqual([story.serves()]);
  expect(story.wrong()).toEqual([]);
});

/** The issuer carries out, long after, an issue call that nobody heard of again. Answers the id of the key. */
function executeLate({ world }: Story, attempt: string): string {
  const { apio } = world;
  const manager = apio.keys.find((key) => key.manager);
  if (!manager) throw new Error('the world has a manager');
  const label = `${INSTALLATION}/${world.rotation()?.metadata.uid}/${attempt}`;
  const request = { organization: 'acme', environment: 'Live', permissions: ['payments:read'], label };
  return apio.issue(manager, request, label).key.id;
}

test('a new key that the issuer rejects is told as Stalled, and a rotate token asks for another one', async () => {
  // Somebody else killed the key that the target serves.
  const story = begin({ exempt: ['S3', 'S4'] });
  await story.firstKey();
  const first = story.serves();
  story.annotate({ rotate: 'a' });
  await story.until(({ rotation }) => !!rotation?.publishedAt);
  const killed = story.serves() ?? '';
  story.world.apio.revokeOutside(killed);
  story.consume(...PODS);
  await story.world.clock.advance(10 * MINUTE_MS);
  expect(story.tells('Stalled')).toBe(
    `NeedsHuman: the issuer rejects key ${killed} that the targets serve; the old key ${first} stays alive. ` +
      'kubectl annotate --overwrite akr -n payments apio apikeyrotation.io/rotate=$(date +%s) asks for another key',
  );
  expect(story.live()).toEqual([first]);
  expect(story.issued()).toBe(2);
  story.annotate({ rotate: 'b' });
  await story.done(2);
  expect(story.issued()).toBe(3);
  expect(story.live()).toEqual([story.serves()]);
  await story.world.clock.advance(10 * MINUTE_MS);
  expect(story.status().revision).toBe(2);
  expect(story.invariants()).toEqual([]);
});

test('a second target that turns foreign after the first was written is told as Stalled, and left alone', async () => {
  const vault = { storeRef: { name: 'vault' } };
  let once = true;
  const story = begin({
    spec: {
      targets: [
        { ...vault, name: 'vault', path: PATH },
        { ...vault, name: 'second', path: OTHER },
      ],
    },
    afterEach({ calls }) {
      if (!once || calls.at(-1) !== 'store write') return;
      once = false;
      writeOutside(story.world, OTHER, { key: 'a-value-of-somebody-else' });
    },
  });
  story.create();
  await story.world.clock.advance(10 * MINUTE_MS);
  expect(once).toBe(false);
  expect(story.tells('Stalled')).toContain(
    'Conflict: target second: payments/second holds a value that this rotation did not write',
  );
  expect(story.world.vault.serving(MOUNT, OTHER)).toEqual({ key: 'a-value-of-somebody-else' });
  expect(story.issued()).toBe(1);
  expect(story.wrongSoFar()).toEqual([]);
});
