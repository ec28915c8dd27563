import { describe, expect, test } from 'vitest';
import type { RotationStatus } from '../../../src/api/types.ts';
import { begin, OBJECT, type Story } from '../world/story.ts';
import { PODS } from '../world/world.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const TWIN = { ...OBJECT, name: 'apio-test' };
const AFTER = { rotationRef: { name: TWIN.name }, soak: '2h' };

/** A rotation beside the one of the story: it writes to another path, and its pods are never asked. */
function createTwin({ world }: Story): void {
  const spec = world.rotation()?.spec;
  const { consumers: _, after: __, ...rest } = spec ?? {};
  world.kube.create(
    { resource: OBJECT.resource, namespace: OBJECT.namespace },
    {
      apiVersion: 'apikeyrotation.io/v1alpha1',
      kind: 'ApiKeyRotation',
      metadata: { name: TWIN.name },
      spec: JSON.parse(
        JSON.stringify({
          ...rest,
          targets: spec?.targets.map((target) => ({ ...target, path: `${target.path}-test` })),
          withoutEvidence: { overlap: '10m' },
        }),
      ),
    },
  );
}

const twin = ({ world }: Story) => world.kube.get(TWIN) as unknown as { status?: RotationStatus };
const rotateTwin = ({ world }: Story) =>
  world.kube.patch(TWIN, { type: 'merge', body: { metadata: { annotations: { 'apikeyrotation.io/rotate': 'x' } } } });

describe('promotion', () => {
  test('rotations that wait for one another say so, until one of them does not', async () => {
    const story = begin({ spec: { after: AFTER } });
    await story.firstKey();
    createTwin(story);
    story.world.kube.patch(TWIN, {
      type: 'merge',
      body: { spec: { after: { ...AFTER, rotationRef: { name: OBJECT.name } } } },
    });
    await story.told('InvalidSpec');
    expect(story.tells('Stalled')).toContain(
      'apio waits for apio-test waits for apio, so that none of them would ever rotate',
    );
    await story.pass(HOUR_MS);
    story.world.kube.patch(TWIN, { type: 'merge', body: { spec: { after: null } } });
    await story.pass(10_000);
    expect(story.tells('Stalled')).toBe('Progressing: no human is needed');
  });

  test('a rotation begins when its twin has rotated and been well for the soak', async () => {
    const story = begin({ spec: { after: AFTER } });
    await story.firstKey();
    createTwin(story);
    story.consume(...PODS);
    await story.pass(MINUTE_MS);
    story.annotate({ rotate: 'one' });
    await story.told('PromotionPending');
    rotateTwin(story);
    await story.pass(30 * MINUTE_MS);
    const { lastRotationTime = '', revision } = twin(story).status ?? {};
    expect(revision).toBe(2);
    // Servers tell the time in whole seconds, which are rounded up where something begins.
    const soakedAt = Date.parse(lastRotationTime) + 2 * HOUR_MS - 1_000;
    expect(story.tells('Rotating')).toContain(`has rotated at ${lastRotationTime} and must stay well until`);
    await story.until(({ revision: now }) => now === 2, 3 * HOUR_MS);
    expect(story.world.clock.now()).toBeGreaterThanOrEqual(soakedAt);
    await story.done(2);
    expect(story.status().history?.[0]).toMatchObject({ revision: 2, trigger: 'Requested' });
  });
});
