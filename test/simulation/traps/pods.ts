import { startPod } from '../kernel/consumers.ts';
import { firstKeyForTwo } from '../scenarios/first-key.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import type { Stage } from '../scenarios/stage.ts';
import { CONSUMER } from '../scenarios/targets.ts';

/** By then a pod has loaded what stands at its target. */
const LOADED_MS = 20_000;

/** Two pods use the first key. */
export async function twoPods(stage: Stage): Promise<void> {
  await firstKeyForTwo(stage);
  await stage.pass(LOADED_MS);
}

export const podsChange: Scenario = {
  name: 'trap-pods',
  says: 'one pod goes on with the old key and says so; another is followed by a silent one of its name',
  prepare: twoPods,
  async play(stage) {
    const [faithful, leaving] = stage.pods;
    faithful?.pin(faithful.holds);
    stage.annotate({ rotate: 'a' });
    await stage.until(({ rotation }) => rotation?.publishedAt !== undefined);
    await stage.pass(30_000);
    leaving?.stop();
    const successor = startPod(stage.world, 'accounts-1', CONSUMER, leaving?.path ?? '');
    successor.silent = true;
    faithful?.pin(undefined);
    await stage.pass(60_000);
    successor.silent = false;
    successor.pin(undefined);
    await stage.settled(2);
  },
};

export const earlierReport: Scenario = {
  name: 'trap-earlier-report',
  says: 'a rotation is rolled back, and a pod that never left the old key has not said so since',
  async prepare(stage) {
    await twoPods(stage);
    stage.annotate({ rotate: 'a' });
    await stage.settled(2);
    const [silent] = stage.pods;
    if (silent) silent.silent = true;
    stage.annotate({ rotate: 'b' });
    await stage.until(({ revision, rotation }) => revision === 3 && rotation?.publishedAt !== undefined);
  },
  async play(stage) {
    stage.annotate({ rollback: '3/a' });
    await stage.pass(120_000);
    const [silent] = stage.pods;
    if (silent) silent.silent = false;
    silent?.pin(undefined);
    await stage.settled(4);
  },
};

export const tooLate: Scenario = {
  name: 'trap-too-late',
  says: 'somebody wants a rotation rolled back when its old key is about to die',
  prepare: twoPods,
  async play(stage) {
    stage.annotate({ rotate: 'a' });
    await stage.until(({ rotation, current }) => rotation?.revokeIntent !== undefined || current?.revision === 2);
    stage.annotate({ rollback: '2/a' });
    await stage.settled(2);
  },
};
