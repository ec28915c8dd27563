import { NAMESPACE, VAULT_MOUNT, VAULT_PATH } from '../../../demo/cast.ts';
import { equip } from '../../../demo/company.ts';
import { inspect, secretsOf } from '../../../demo/inspection.ts';
import { FAST } from '../../../demo/pace.ts';
import { configOf } from '../../../demo/pods.ts';
import { createProgress } from '../../../demo/progress.ts';
import { openStage, type Stage, type StageObserver } from '../../../demo/stage.ts';
import { tellStory } from '../../../demo/story.ts';
import { silentTimeline } from '../../../demo/timeline.ts';
import { brokenPromises } from '../../../demo/verdict.ts';
import { watchStage } from '../../../demo/watcher.ts';
import { createWitness, type Witness } from '../../../demo/witness.ts';
import { asString, dig } from '../../../sandbox/kube/engine/json.ts';
import { machine } from '../../../sandbox/standalone/part.ts';
import { GROUP } from '../../../src/api/names.ts';
import { systemClock } from '../../../src/runtime/clock.ts';
import type { Moment } from './moment.ts';
import { createPodsInProcess } from './pods-in-process.ts';
import { keepOperator } from './restarted-operator.ts';
import { createStepLedger, type StepEntry } from './step-ledger.ts';

/** How the demo's story went with one interruption. */
export interface InterruptedStory {
  /** The last step that had taken effect when the signal was sent; undefined where the moment never came. */
  readonly diedIn: StepEntry | undefined;
  /** Keys that were alive when the process was gone, and that neither status nor Vault knew. */
  readonly orphans: readonly string[];
  /** A sentence each. */
  readonly broken: readonly string[];
  /** From the first object applied to the last orphan gone. */
  readonly seconds: number;
}

const STEP_BOUND_MS = 20_000;
/** What the demo's processes make is load; here it is only seen whether any call fails. */
const CALLS_PER_SECOND = 20;

/** Tells the demo's story with the operator ended by the signal at the moment, and started again. */
export async function tellInterrupted(moment: Moment, signal: 'SIGKILL' | 'SIGTERM'): Promise<InterruptedStory> {
  await using cleanup = new AsyncDisposableStack();
  const cast = await gather(cleanup, ({ revision, step }) => {
    if (revision === moment.revision && step === moment.step) strike.once();
  });
  const strike = createStrike(moment, cleanup, () => interrupt(cast, signal));
  const started = performance.now();
  const problem = await problemOf(tell(cast));
  const seconds = (performance.now() - started) / 1000;
  await cast.operator.stop();
  return { ...(await strike.seen()), broken: await judge(cast, problem), seconds };
}

type Cast = Awaited<ReturnType<typeof gather>>;

/** The demo's company, but with pods in this process and an operator that is kept running. */
async function gather(cleanup: AsyncDisposableStack, onStep: (entry: StepEntry) => void) {
  const progress = createProgress({ boundMs: STEP_BOUND_MS, schedule: systemClock.schedule });
  const witness = createWitness({ timeline: silentTimeline, now: machine.now, onChange: progress.changed });
  const ledger = createStepLedger(onStep);
  const seen = watchStage({ witness, timeline: silentTimeline, fault: undefined, revokeOutside: () => {} });
  const stage = await openStage(both(ledger, seen, recordedIsHeard(witness)));
  cleanup.defer(() => stage.close());
  ledger.watchVerifications(stage.issuer.engine);
  const { pods, tokens, operatorKubeconfig: kubeconfig } = await equip(stage, cleanup);
  for (const { name } of pods) witness.podMessage(name, { type: 'ready' });
  const onDeath = (how: string) => progress.fail(new Error(`the operator ended ${how}`));
  const operator = keepOperator({ kubeconfig, onLine: progress.changed, onDeath });
  cleanup.defer(() => operator.stop());
  const fleet = createPodsInProcess(witness.podMessage);
  cleanup.defer(() => fleet.close());
  return { stage, witness, progress, ledger, pods, operator, fleet, tokens };
}

async function tell({ stage, witness, progress, pods, operator, fleet }: Cast): Promise<void> {
  const isServing = () => operator.addresses() !== undefined;
  const startConsumers = () => {
    const reportsURL = operator.addresses()?.reports ?? '';
    for (const pod of pods) {
      const config = configOf(pod, { stage, pace: FAST, reportsURL, leaks: false });
      fleet.start({ ...config, callsPerSecond: CALLS_PER_SECOND });
    }
  };
  const play = { stage, witness, progress, timeline: silentTimeline, pace: FAST };
  await tellStory({ ...play, isServing, startConsumers, stopConsumers: fleet.stop });
  await progress.until('the operator to serve in the end', isServing);
  await progress.until('the last orphan to be gone', () => liveKeys(stage).length === 1);
}

async function interrupt({ ledger, operator, stage, progress }: Cast, signal: 'SIGKILL' | 'SIGTERM'): Promise<Strike> {
  const diedIn = ledger.entries.at(-1);
  const orphans = await operator
    .interrupt(signal, () => orphansOf(stage))
    .catch((error: Error) => {
      progress.fail(error);
      return [];
    });
  return { diedIn, orphans };
}

type Strike = Pick<InterruptedStory, 'diedIn' | 'orphans'>;

/** Strikes once, at the moment or so much later. */
function createStrike({ laterMs }: Moment, cleanup: AsyncDisposableStack, act: () => Promise<Strike>) {
  let struck: Promise<Strike> | undefined;
  let isDue = false;
  const strike = () => {
    struck = act();
  };
  return {
    once(): void {
      if (isDue) return;
      isDue = true;
      if (laterMs === 0) strike();
      else cleanup.defer(systemClock.schedule(laterMs, strike));
    },
    seen: async (): Promise<Strike> => (await struck) ?? { diedIn: undefined, orphans: [] },
  };
}

async function judge({ stage, witness, operator, fleet, tokens }: Cast, problem: string | undefined) {
  const log = { channel: 'log of the operator', text: operator.lines().join('\n') };
  const outputs = [log, ...fleet.outputs(), ...witness.outputs()];
  const { findings } = await inspect(stage, witness, { problem, outputs, secrets: secretsOf(stage, tokens) });
  return brokenPromises(findings);
}

function liveKeys({ issuer: { engine } }: Stage): readonly string[] {
  return engine.keys.filter((key) => !key.manager && engine.statusOf(key) === 'active').map(({ id }) => id);
}

function orphansOf(stage: Stage): readonly string[] {
  const rotation = stage.kube.engine.list({ resource: `apikeyrotations.${GROUP}`, namespace: NAMESPACE }).items[0];
  const known = JSON.stringify([rotation?.status, stage.vault.engine.serving(VAULT_MOUNT, VAULT_PATH)]);
  return liveKeys(stage).filter((id) => !known.includes(id));
}

/** A pod whose answer died with the operator may have gone on to the next key before it asks again: its report counts. */
function recordedIsHeard({ podMessage }: Witness): StageObserver {
  return {
    onIssuerEntry: () => {},
    onVaultChange: () => {},
    onKubeChange({ kind, spec }) {
      if (kind !== 'MigrationReport') return;
      const [pod, revision] = [asString(dig(spec, 'reporter', 'podName')), Number(dig(spec, 'revision'))];
      podMessage(pod, { type: 'reported', revision, state: 'Migrated' });
    },
  };
}

function both(...observers: readonly StageObserver[]): StageObserver {
  return {
    onIssuerEntry: (...told) => observers.forEach((one) => void one.onIssuerEntry(...told)),
    onVaultChange: (...told) => observers.forEach((one) => void one.onVaultChange(...told)),
    onKubeChange: (...told) => observers.forEach((one) => void one.onKubeChange(...told)),
  };
}

async function problemOf(work: Promise<void>): Promise<string | undefined> {
  try {
    await work;
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
