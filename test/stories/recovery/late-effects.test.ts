import { describe, expect, test } from 'vitest';
import type { IssuerCapabilities } from '../../../src/issuers/port.ts';
import { formatAttemptId } from '../../../src/key/attempt-id.ts';
import { MARKER_FIELD } from '../../../src/stores/vault/vault-fields.ts';
import { issueAs } from '../../doubles/memory-issuing.ts';
import type { CallFault } from '../../doubles/outside-calls.ts';
import { begin, deleteRotation, restore, type Story, writeOutside } from '../world/story.ts';
import { INSTALLATION, MOUNT, PATH } from '../world/world.ts';

const MINUTE_MS = 60_000;
const PODS = ['api-0', 'api-1'];
const LISTED: IssuerCapabilities = { replay: 'None', list: true };
const UNLISTED: IssuerCapabilities = { replay: 'ID', list: false, replayWindowMs: 24 * 60 * MINUTE_MS };

/** The issuer carries out, only now, the issue call of this attempt of ours. Answers the id of its key. */
function executeLate({ world }: Story, capabilities: IssuerCapabilities, installation = INSTALLATION): string {
  const manager = world.apio.keys.find((key) => key.manager);
  if (!manager) throw new Error('the world has a manager');
  const label = formatAttemptId({ installation, uid: world.rotation()?.metadata.uid ?? '', revision: 2, attempt: 1 });
  const request = { organization: 'acme', environment: 'Live', permissions: ['payments:read'], label };
  return issueAs(capabilities, world.apio, manager, request).key.id;
}

/** A second rotation whose issue call gets lost on its way. */
async function loseRequest(capabilities: IssuerCapabilities): Promise<Story> {
  const story = begin({ capabilities });
  await story.firstKey();
  story.consume(...PODS);
  story.faults.push({ call: 'issuer issue', type: 'LoseRequest', times: 1 });
  story.annotate({ rotate: 'a' });
  return story;
}

describe('an issue call that is carried out after its rotation ended', () => {
  test('leaves no key where keys are listed: the late sweep revokes it', async () => {
    const story = await loseRequest(LISTED);
    await story.until(({ revision, current, rotation }) => revision === 2 && !!current && !rotation);
    const late = executeLate(story, LISTED);
    expect(story.live()).toContain(late);
    await story.done(2);
    expect(story.live()).toEqual([story.serves()]);
    expect(story.wrong()).toEqual([]);
  });

  test('leaves no key for ever where it comes after every sweep: the next rotation revokes it', async () => {
    const story = await loseRequest(LISTED);
    await story.done(2);
    const late = executeLate(story, LISTED);
    story.annotate({ rotate: 'b' });
    await story.until(({ revision }) => revision === 3);
    expect(story.live()).toContain(late);
    await story.done(3);
    expect(story.live()).toEqual([story.serves()]);
    expect(story.wrong()).toEqual([]);
  });

  test('makes no key where a repeat has been made in its place', async () => {
    const story = await loseRequest(UNLISTED);
    await story.until(({ revision, current, rotation }) => revision === 2 && !!current && !rotation);
    const issued = story.issued();
    executeLate(story, UNLISTED);
    expect(story.issued()).toBe(issued);
    await story.done(2);
    expect(story.live()).toEqual([story.serves()]);
    expect(story.wrong()).toEqual([]);
  });
});

test('a deletion finds the key of an unanswered call where keys cannot be listed, and revokes it', async () => {
  const story = begin({ capabilities: UNLISTED, spec: { deletionPolicy: 'Revoke' }, exempt: ['S4'] });
  await story.firstKey();
  const unknown = { call: 'issuer issue', type: 'DieAfter' as const, times: 1 };
  story.faults.push(unknown);
  story.annotate({ rotate: 'a' });
  await story.until(() => unknown.times === 0);
  deleteRotation(story);
  await story.world.clock.runUntil(() => !story.world.rotation(), 20 * MINUTE_MS);
  expect(story.issued()).toBe(2);
  expect(story.live()).toEqual([]);
  expect(story.invariants()).toEqual([]);
});

test('a key in the hand of a holder that comes too late for every target is revoked by it', async () => {
  const story = begin({ capabilities: LISTED });
  await story.firstKey();
  const away = { call: 'issuer verify', type: 'Unavailable' as const, times: Number.POSITIVE_INFINITY };
  story.faults.push(away);
  story.annotate({ rotate: 'a' });
  await story.until(() => story.issued() === 2);
  const [, inHand] = story.live();
  // Another process has fenced the target, which this one cannot know yet.
  const value = { ...story.world.vault.serving(MOUNT, PATH) } as Record<string, string>;
  const { [MARKER_FIELD]: marker = '' } = value;
  const fence = marker.replace('"revision":1,"attempt":1', '"revision":2,"attempt":2');
  expect(fence).not.toBe(marker);
  writeOutside(story.world, PATH, { ...value, [MARKER_FIELD]: fence });
  away.times = 0;
  const late: CallFault = { call: 'issuer list', type: 'Unavailable', times: Number.POSITIVE_INFINITY };
  story.faults.push(late);
  await story.world.clock.advance(5 * MINUTE_MS);
  expect(story.live(), 'nobody could list it').not.toContain(inHand);
  expect(story.wrongSoFar().filter((sentence) => !sentence.startsWith('S10'))).toEqual([]);
});

test('another installation at the same account keeps its keys', async () => {
  const story = begin({ capabilities: LISTED });
  await story.firstKey();
  const foreign = executeLate(story, LISTED, 'another-cluster');
  story.consume(...PODS);
  story.faults.push({ call: 'issuer issue', type: 'LoseAnswer', times: 1 });
  story.annotate({ rotate: 'a' });
  await story.done(2);
  expect(story.live().sort()).toEqual([foreign, story.serves()].sort());
  expect(story.wrongSoFar()).toEqual([]);
});

test('a status from the past is noticed by the markers where keys cannot be listed', async () => {
  const story = begin({ capabilities: UNLISTED, exempt: ['S3', 'S10'] });
  await story.firstKey();
  const old = story.status();
  story.consume(...PODS);
  story.annotate({ rotate: 'a' });
  await story.done(2);
  restore(story, { ...old, lastHandled: {} });
  await story.until(({ conditions }) => !!conditions?.some(({ reason }) => reason === 'StateRegression'));
  expect(story.issued()).toBe(2);
  story.annotate({ 'accept-state': '2' });
  await story.done(3);
  expect(story.live()).toEqual([story.serves()]);
});
