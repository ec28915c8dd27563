import { applyManifests } from '../../../../sandbox/kube/engine/manifests.ts';
import type { RotationSpec } from '../../../../src/api/types.ts';
import { writeOutside } from '../../../stories/world/outsiders.ts';
import { begin, type Story } from '../../../stories/world/story.ts';
import { PATH } from '../../../stories/world/world.ts';

const MINUTE_MS = 60_000;
const MIGRATION = { gracePeriod: '10m', deadline: '72h' };
const SCHEDULE = { cron: '0 3 1 * *', timeZone: 'Europe/Stockholm' };

/** The second key, asked for by somebody, is published; one of two pods has moved to it. */
async function halfMoved(spec: Partial<RotationSpec> = {}): Promise<Story> {
  const story = begin({ spec: { migration: MIGRATION, schedule: SCHEDULE, ...spec } });
  await story.firstKey();
  story.consume('api-0');
  await story.pass(45 * MINUTE_MS);
  story.annotate({ rotate: '7', 'rotate-reason': '7: laptop lost' });
  await story.halfMoved();
  await story.pass(12 * MINUTE_MS);
  return story;
}

/** What docs/kubectl-plugin.md shows a call in, by name. */
export const SITUATIONS = {
  waiting: () => halfMoved(),

  async held() {
    const story = await halfMoved({ migration: { deadline: '1h' } });
    await story.told('Held');
    return story;
  },

  async stalled() {
    const story = await halfMoved();
    writeOutside(story.world, PATH, { key: 'sk_live_somebody_elses_key', keyID: 'key_other' });
    story.consume('api-1');
    await story.told('TargetChanged');
    return story;
  },

  async finished() {
    const story = await halfMoved();
    story.consume('api-1');
    await story.done(2);
    await story.pass(30 * MINUTE_MS);
    return story;
  },

  /** Beside the one that waits there is one that nobody has looked at. */
  async several() {
    const story = await halfMoved();
    applyManifests(story.world.kube, SECOND);
    await story.pass(MINUTE_MS);
    return story;
  },
} as const;

const SECOND = `
apiVersion: apikeyrotation.io/v1alpha1
kind: ApiKeyRotation
metadata: {name: partner, namespace: payments}
spec:
  issuerRef: {name: partner}
  key: {environment: Live, organization: acme, permissions: ["payouts:write"]}
  targets: [{name: vault, storeRef: {name: vault}, path: payments/partner}]
  withoutEvidence: {overlap: 24h}
`;
