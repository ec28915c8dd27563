import type { RotationSpec } from '../../../src/api/types.ts';
import { type SimulatedDeployment, startDeployment } from '../kernel/deployment.ts';
import { startSyncer } from '../kernel/syncer.ts';
import type { Scenario } from './scenario.ts';
import type { Stage } from './stage.ts';
import { CONSUMER, MAIN } from './targets.ts';

/** What the pods of the workload read, and so long after its target. */
export const COPY = 'shop-copy';
const LAG_MS = 12_000;

const SPEC: Partial<RotationSpec> = {
  consumers: [
    {
      name: CONSUMER,
      evidence: [
        {
          type: 'Rollout',
          rollout: {
            workloadRef: { kind: 'Deployment', name: CONSUMER },
            action: 'Restart',
            secretRef: { name: COPY, key: 'key' },
          },
        },
      ],
    },
  ],
};

/** The first key is in a Secret, by a syncer that lags, and two pods of a Deployment have read it when they started. */
export async function firstKeyInPods(stage: Stage): Promise<SimulatedDeployment> {
  startSyncer(stage.world, MAIN.path, COPY, LAG_MS);
  stage.create(SPEC);
  await stage.settled(1);
  await stage.pass(LAG_MS);
  return startDeployment(stage.world, { name: CONSUMER, replicas: 2, secret: COPY });
}

export const rollingOut: Scenario = {
  name: 'rolling-out',
  issuers: ['replay-id'],
  says: 'a Deployment reads a copy that lags when its pods start, and somebody restarts it before the copy is new',
  async prepare(stage) {
    const workload = await firstKeyInPods(stage);
    const { world } = stage;
    world.onChange((what) => {
      if (what === MAIN.path) world.scheduler.after(LAG_MS / 4, () => workload.restart('early'));
    });
  },
  async play(stage) {
    stage.annotate({ rotate: 'a' });
    await stage.settled(2);
  },
};
