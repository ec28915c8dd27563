import { secrets } from '../../../src/runtime/kube/resources.ts';
import type { SimulatedDeployment } from '../kernel/deployment.ts';
import { NAMESPACE } from '../kernel/world.ts';
import { COPY, firstKeyInPods } from '../scenarios/rolling-out.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import { promise, type Stage } from '../scenarios/stage.ts';

const MARK = '/restarted-for.';

/** A rotation that has restarted its only workload. */
async function restarted(stage: Stage): Promise<SimulatedDeployment> {
  const workload = await firstKeyInPods(stage);
  stage.annotate({ rotate: 'a' });
  await stage.until(() => Object.keys(workload.annotations()).some((name) => name.includes(MARK)));
  return workload;
}

/** Whoever keeps workloads as they are in Git takes the mark out at once, and with it the restart. */
export const takenBack: Scenario = {
  name: 'trap-restart-taken-back',
  says: 'a restart is taken back before any pod is replaced: there is no second one, until a person restarts the workload',
  stores: ['Vault'],
  async play(stage) {
    const workload = await restarted(stage);
    const { scheduler } = stage.world;
    const takeBack = () => {
      const marks = Object.keys(workload.annotations()).filter((name) => name.includes(MARK));
      if (marks.length > 0) workload.annotate(Object.fromEntries(marks.map((name) => [name, null])));
    };
    await stage.until((status) => status.rotation?.consumers?.[0]?.rollout?.restartedAt !== undefined);
    takeBack();
    const cancel = stage.world.storage.follow(() => void scheduler.after(1, takeBack));
    await stage.pass(120_000);
    cancel();
    promise(stage.tells('Rotating')?.includes('which is not done twice') === true, 'L2 nobody is told what helps');
    workload.restart('by hand');
    await stage.settled(2);
  },
};

/** The copy goes back while it is waited for the pods: those that start meanwhile read the old key. */
export const copyGoesBack: Scenario = {
  name: 'trap-copy-goes-back',
  says: 'what the pods read goes back to the old key for a while after it was seen to be new',
  stores: ['Vault'],
  async play(stage) {
    const workload = await restarted(stage);
    const { world } = stage;
    const { newKey, oldKey } = stage.status().rotation ?? {};
    const write = (keyID = '') => {
      const data = { key: btoa(world.ledger.keys.get(keyID)?.text ?? '') };
      const ref = { resource: secrets, namespace: NAMESPACE, name: COPY };
      world.outside(() => world.storage.mergePatch(ref, { data }, 'object'));
    };
    write(oldKey?.keyID);
    await stage.pass(60_000);
    promise(world.ledger.keys.get(oldKey?.keyID ?? '')?.alive() === true, 'S3 the old key died while pods read it');
    write(newKey?.keyID);
    await stage.pass(30_000);
    workload.restart('by hand');
    await stage.settled(2);
  },
};
