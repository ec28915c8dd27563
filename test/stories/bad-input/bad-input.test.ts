import { expect, test } from 'vitest';
import type { ConsumerError } from '../../../packages/consumer/src/index.ts';
import type { Condition } from '../../../src/api/types.ts';
import { NAMESPACE } from '../world/places.ts';
import type { Seen } from './bad-input.ts';
import { type Answer, arrive, type Newcomer } from './newcomer.ts';
import { BAD_INPUTS } from './rows/all.ts';

const MINUTE_MS = 60_000;

test.each(BAD_INPUTS)('who $did is told so, and when it is corrected the key rotates', async (row) => {
  const newcomer = arrive(row.exempt);
  const told = await row.wrong(newcomer);
  const before = possessions(newcomer);
  const message = await messageOf(row.seen, told, newcomer);
  expect(readable(message)).toBe(row.message);
  expect(row.names.filter((name) => !row.message.includes(name))).toEqual([]);

  await newcomer.story.pass(20 * MINUTE_MS);
  expect(possessions(newcomer), 'nothing is issued, revoked or written while it is wrong').toEqual(before);

  await row.correct(newcomer);
  await atRest(newcomer);
  const { story } = newcomer;
  expect(story.issued()).toBe((story.status().revision ?? 0) + (row.costs ?? 0));
  const broken = story.wrong().filter((sentence) => !row.exempt?.some((number) => sentence.startsWith(`${number} `)));
  expect(broken).toEqual([]);
});

/** The living keys and all that stores hold. */
function possessions({ story, world: { vault, kube } }: Newcomer) {
  const secrets = kube.list({ resource: 'secrets', namespace: NAMESPACE }).items;
  return {
    live: story.live(),
    vault: vault.held(),
    secrets: secrets.map(({ metadata }) => `${metadata.name} ${metadata.resourceVersion}`),
  };
}

/** What the person reads, as soon as it stands there. */
async function messageOf(seen: Seen, told: unknown, { story, world }: Newcomer): Promise<string> {
  if (seen.type === 'Refused') return String(told);
  if (seen.type === 'Answer') {
    expect(told).toMatchObject({ status: seen.status, code: seen.code });
    return (told as Answer).message;
  }
  if (seen.type === 'Program') {
    expect(told).toMatchObject({ name: 'ConsumerError', code: seen.code });
    return (told as ConsumerError).message;
  }
  if (seen.type === 'Event') {
    await world.clock.runUntil(() => story.messages(seen.reason).length > 0, 60 * MINUTE_MS);
    return story.messages(seen.reason).at(-1) ?? '';
  }
  const { kind, condition, reason } = seen;
  const shown = () => conditionsOf(world, kind, condition);
  const wanted = () => shown().find((candidate) => candidate.reason === reason);
  await world.clock
    .runUntil(() => wanted() !== undefined, 60 * MINUTE_MS)
    .catch((error: Error) => {
      throw new Error(`${error.message}; it tells ${JSON.stringify(shown())}`);
    });
  return wanted()?.message ?? '';
}

function conditionsOf({ kube }: Newcomer['world'], kind: string, type: string): readonly Condition[] {
  const resource = `${kind.toLowerCase()}s.apikeyrotation.io`;
  const collection = kind.startsWith('Cluster') ? { resource } : { resource, namespace: NAMESPACE };
  const { items } = kube.list(collection) as {
    items: { metadata: { name: string }; status?: { conditions?: Condition[] } }[];
  };
  return items.flatMap(({ status }) => status?.conditions ?? []).filter((condition) => condition.type === type);
}

async function atRest({ story }: Newcomer): Promise<void> {
  const is = (conditions: readonly Condition[] = [], type: string, wanted: string) =>
    conditions.some((condition) => condition.type === type && condition.status === wanted);
  await story.until(
    ({ current, rotation, sweepAfter, conditions }) =>
      !!current && !rotation && !sweepAfter && is(conditions, 'Ready', 'True') && is(conditions, 'Stalled', 'False'),
  );
}

/** Without what differs from run to run. */
function readable(message: string): string {
  return message
    .replaceAll(/key_[0-9a-f]{12}/g, 'key_…')
    .replaceAll(/\b[0-9a-f]{8}-[0-9a-f-]{27}\b/g, '…')
    .replaceAll(/(?<=")[0-9a-f]{16}(?=")/g, '…')
    .replaceAll(/\b20\d\d-\d\d-\d\dT[\d:.]+Z/g, '…');
}
