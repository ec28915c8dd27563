import { CONSUMERS, PODS, SLOW_CONSUMER } from './cast.ts';
import { applyExamples, changePermissions, requestRotation } from './cluster.ts';
import type { Pace } from './pace.ts';
import type { Progress } from './progress.ts';
import type { Stage } from './stage.ts';
import type { Timeline } from './timeline.ts';
import type { Witness } from './witness.ts';

/** Everyone who takes part. */
export interface StoryDeps {
  readonly stage: Stage;
  readonly witness: Witness;
  readonly progress: Progress;
  readonly timeline: Timeline;
  readonly pace: Pace;
  /** Whether the operator serves. */
  readonly isServing: () => boolean;
  /** Lets all pods load the key and call with it. */
  readonly startConsumers: () => void;
  /** Lets all pods end their calls and tell their counts. */
  readonly stopConsumers: () => void;
}

/** The three rotations, from an empty cluster to the last count. Rejects where something does not come. */
export async function tellStory(deps: StoryDeps): Promise<void> {
  await firstIssue(deps);
  await consumersBegin(deps);
  await requestedRotation(deps);
  await changedPermissions(deps);
  await consumersEnd(deps);
}

async function firstIssue(deps: StoryDeps): Promise<void> {
  const { stage, progress, timeline, isServing } = deps;
  timeline.chapter('1. The first key');
  await progress.until('the operator to serve', isServing);
  timeline.tell('operator', 'serves probes, metrics and reports');
  await applyExamples(stage);
  timeline.tell('you', 'kubectl apply -f examples/demo/');
  await settled(deps, 1);
}

async function consumersBegin({ progress, timeline, witness, pace, startConsumers }: StoryDeps): Promise<void> {
  await progress.until('all consumer processes to be up', () => PODS.every(({ name }) => witness.isReady(name)));
  startConsumers();
  await progress.until('every consumer to call with the key', () => PODS.every(({ name }) => witness.isCalling(name)));
  timeline.tell('consumer', `${CONSUMERS.join(', ')}: ${PODS.length} pods load the key and call without a break`);
  await progress.rest(pace.restMs);
}

async function requestedRotation(deps: StoryDeps): Promise<void> {
  const { stage, progress, timeline, pace } = deps;
  timeline.chapter(`2. A rotation on request; ${SLOW_CONSUMER} takes its time`);
  timeline.tell('you', 'kubectl -n demo annotate akr payments apikeyrotation.io/rotate=audit-7');
  requestRotation(stage.kube.engine, 'audit-7', 'quarterly audit');
  await settled(deps, 2);
  await progress.rest(pace.restMs);
}

async function changedPermissions(deps: StoryDeps): Promise<void> {
  const { stage, progress, timeline, pace } = deps;
  timeline.chapter('3. Other permissions need another key');
  timeline.tell('you', 'kubectl apply: spec.key.permissions: [payments:read, refunds:read]');
  changePermissions(stage.kube.engine, ['payments:read', 'refunds:read']);
  await settled(deps, 3);
  await progress.rest(pace.restMs);
}

async function consumersEnd({ progress, timeline, witness, stopConsumers }: StoryDeps): Promise<void> {
  stopConsumers();
  await progress.until('every consumer to tell its counts', () => witness.counts().length === PODS.length);
  timeline.tell('consumer', 'all pods end their calls and tell their counts');
}

/** Until the operator says that this revision is over, with the key that Vault got last. */
async function settled({ progress, witness }: StoryDeps, revision: number): Promise<void> {
  await progress.until(`rotation ${revision} to end`, () => {
    const rotation = witness.rotation();
    const published = witness.publications().at(-1)?.keyID;
    return rotation?.revision === revision && rotation.isAtRest && rotation.currentKeyID === published;
  });
}
