import { describe, expect, test } from 'vitest';
import type { IssuerCapabilities } from '../../../src/issuers/port.ts';
import { deleteRotation, executeLate } from '../world/outsiders.ts';
import { begin, type Story } from '../world/story.ts';
import { PODS } from '../world/world.ts';

const MINUTE_MS = 60_000;
const LISTED: IssuerCapabilities = { replay: 'None', list: true };
const UNLISTED: IssuerCapabilities = { replay: 'ID', list: false, replayWindowMs: 24 * 60 * MINUTE_MS };

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
  test('leaves no key for ever where it comes after every sweep: the next rotation revokes it', async () => {
    const story = await loseRequest(LISTED);
    await story.done(2);
    const late = executeLate(story, '2.1', { capabilities: LISTED });
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
    executeLate(story, '2.1', { capabilities: UNLISTED });
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
  await story.gone(20 * MINUTE_MS);
  expect(story.issued()).toBe(2);
  expect(story.live()).toEqual([]);
  expect(story.invariants()).toEqual([]);
});
