import { describe, expect, test } from 'vitest';
import { applyManifests } from '../../../sandbox/kube/engine/manifests.ts';
import type { ApiKeyIssuer } from '../../../src/api/types.ts';
import { createMemoryIssuer } from '../../doubles/memory-issuer.ts';
import { createOutsideCalls } from '../../doubles/outside-calls.ts';
import { NAMESPACE } from '../world/places.ts';
import type { Story } from '../world/story.ts';
import { PODS, type World } from '../world/world.ts';
import { type ArmedStory, beginArmed } from './armed-story.ts';
import { CHANGES, type Change, holdsUp, make, OTHER_ISSUER } from './changes.ts';
import { PHASES, type Phase } from './phases.ts';

const MIGRATION = { migration: { gracePeriod: '10m' } };

/** A world with a second issuer, in which something is done at the first moment that fits. */
function stage({ before }: Change, hasCome: (world: World) => boolean, act: (story: Story) => void): ArmedStory {
  const elsewhere = (object: ApiKeyIssuer) =>
    object.metadata.name === OTHER_ISSUER ? other(armed.story.world) : undefined;
  const armed = beginArmed({ spec: { ...MIGRATION, ...before }, issuerOf: elsewhere }, hasCome, act);
  applyManifests(armed.story.world.kube, SECOND_ISSUER);
  return armed;
}

/** The same keys at another address, as another issuer. */
function other({ apio }: World) {
  const manager = apio.keys.find((key) => key.manager)?.text ?? '';
  return { ...createMemoryIssuer(apio, manager, createOutsideCalls().process()), origin: 'https://other.apio.test' };
}

const SECOND_ISSUER = `
apiVersion: apikeyrotation.io/v1alpha1
kind: ApiKeyIssuer
metadata: {name: ${OTHER_ISSUER}, namespace: ${NAMESPACE}}
spec:
  type: APIO
  apio: {environments: [{name: Live, url: "https://other.apio.test", credentials: {secretRef: {name: apio, key: apiKey}}}]}
`;

/** No rotation runs, and the key is what spec asks for, where spec asks for it. */
async function settled(story: Story): Promise<void> {
  await story.until(({ current, rotation, sweepAfter }) => {
    const { spec } = story.world.rotation() ?? {};
    return (
      !rotation &&
      !sweepAfter &&
      current?.issuer.name === spec?.issuerRef.name &&
      current?.permissions?.join() === spec?.key.permissions.join() &&
      current?.targets.map(({ name }) => name).join() === spec?.targets.map(({ name }) => name).join()
    );
  }, 24 * 3_600_000);
}

/** One key lives, every target of spec serves it, and nobody was cut off on the way. */
function judge(story: Story, issued: number): void {
  const { spec } = story.world.rotation() ?? {};
  expect(story.issued()).toBe(issued);
  expect(story.live()).toEqual([story.status().current?.keyID]);
  expect(spec?.targets.map(({ path }) => story.serves(path))).toEqual(spec?.targets.map(() => story.live()[0]));
  expect(story.tells('Ready')).toMatch(/^KeyPublished/);
  expect(story.wrong()).toEqual([]);
}

/** The next rotation goes by what spec says now. */
async function rotateAgain(story: Story): Promise<void> {
  const { revision = 0 } = story.status();
  story.annotate({ rotate: 'again' });
  await story.until((status) => status.revision === revision + 1 && !status.rotation);
  await settled(story);
}

describe.each(CHANGES)('$name', (change) => {
  const reachable = PHASES.filter(({ needsAll }) => !needsAll || !holdsUp(change));

  test.each(reachable)('$name', async (phase: Phase) => {
    const { story, arm, isOver } = stage(change, phase.hasCome, (told) => make(told, change));
    await story.firstKey();
    story.consume(...PODS.slice(0, phase.moved));
    arm();
    story.annotate({ rotate: 'a' });
    await story.until(isOver);
    if (phase.moved === 1) story.consume(...PODS.slice(1));
    await settled(story);
    judge(story, change.wantsNewKey ? 3 : 2);
    await rotateAgain(story);
    judge(story, change.wantsNewKey ? 4 : 3);
  });

  test('while nothing rotates', async () => {
    const { story } = stage(
      change,
      () => false,
      () => {},
    );
    await story.firstKey();
    story.consume(...PODS);
    make(story, change);
    await settled(story);
    await story.pass(60_000);
    judge(story, change.wantsNewKey ? 2 : 1);
    await rotateAgain(story);
    judge(story, change.wantsNewKey ? 3 : 2);
  });
});
