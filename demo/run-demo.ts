import { once } from 'node:events';
import { systemClock } from '../src/runtime/clock.ts';
import { PODS } from './cast.ts';
import { type Company, gatherCompany, STOP_GRACE_MS } from './company.ts';
import { inspect, provoke, secretsOf } from './inspection.ts';
import { type Output, withoutSecrets } from './leak-scan.ts';
import type { DemoOptions } from './options.ts';
import { FAST, type Pace, READABLE } from './pace.ts';
import { configOf } from './pods.ts';
import { createProgress, type Progress } from './progress.ts';
import type { DemoReport, Extras } from './report.ts';
import { tellStory } from './story.ts';
import type { Timeline } from './timeline.ts';
import type { Witness } from './witness.ts';

/** What the demo works with. */
export interface DemoDeps {
  readonly options: DemoOptions;
  readonly timeline: Timeline;
  /** What this process wrote so far. */
  readonly ownOutput: () => Output;
  /** Ctrl-C. */
  readonly interrupted: AbortSignal;
  /** Called once with the outcome, while everything is still up; not after an interruption. */
  readonly onOutcome: (outcome: Outcome) => void;
}

/** How it went. `operatorLog` holds the operator's last lines, without secrets. */
export interface Outcome {
  readonly report: DemoReport;
  readonly extras: Omit<Extras, 'seconds'>;
  /** Why the story broke off, if it did. */
  readonly problem: string | undefined;
  readonly operatorLog: readonly string[];
  /** For kubectl. */
  readonly kubeconfig: string;
}

const STEP_BOUND_MS = 60_000;
const COUNTS_BOUND_MS = 3_000;
const STANDING_MS = 200;
const LOG_LINES_SHOWN = 15;

/** Plays the whole story and cleans up behind it: processes by their ids, servers, files. */
export async function runDemo(deps: DemoDeps): Promise<void> {
  const { options, timeline, interrupted, onOutcome } = deps;
  await using cleanup = new AsyncDisposableStack();
  const progress = createProgress({ boundMs: STEP_BOUND_MS, schedule: systemClock.schedule });
  const aftermath = createProgress({ boundMs: COUNTS_BOUND_MS, schedule: systemClock.schedule });
  interrupted.addEventListener('abort', () => progress.fail(new Error('the story was interrupted')));
  const onChange = () => {
    progress.changed();
    aftermath.changed();
  };
  const onProblem = (problem: Error) => {
    if (!interrupted.aborted) timeline.tell('fault', problem.message);
    progress.fail(problem);
  };
  const company = await gatherCompany({ timeline, fault: options.fault, onChange, onProblem, cleanup });
  const standing = setInterval(() => timeline.standing(standingLine(company.witness)), STANDING_MS);
  cleanup.defer(() => clearInterval(standing));

  const problem = await play(company, progress, deps);
  if (interrupted.aborted) return;
  if (problem !== undefined) await collectCounts(company, aftermath);
  const outcome = await conclude(company, problem, deps);
  timeline.end();
  onOutcome(outcome);
  if (!options.keep) return;
  company.fleet.tell({ type: 'resume' });
  if (!interrupted.aborted) await once(interrupted, 'abort');
  timeline.end();
}

/** Answers why the story broke off, or undefined when it came to its end. */
async function play(company: Company, progress: Progress, deps: DemoDeps): Promise<string | undefined> {
  const { stage, operator, fleet, witness } = company;
  const { options, timeline } = deps;
  const pace = options.fast ? FAST : READABLE;
  try {
    await tellStory({
      ...{ stage, witness, progress, timeline, pace },
      isServing: () => operator.addresses() !== undefined,
      startConsumers: () => startConsumers(company, pace, options),
      stopConsumers: () => fleet.tell({ type: 'stop' }),
    });
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function startConsumers({ stage, operator, fleet, pods }: Company, pace: Pace, { fault }: DemoOptions): void {
  const reportsURL = operator.addresses()?.reports ?? '';
  for (const [index, pod] of pods.entries()) {
    fleet.start(pod.name, configOf(pod, { stage, pace, reportsURL, leaks: fault === 'leak-log' && index === 0 }));
  }
}

/** After a story that broke off: whoever still can tells how many calls it made. */
async function collectCounts({ fleet, witness }: Company, aftermath: Progress): Promise<void> {
  fleet.tell({ type: 'stop' });
  const areIn = () => witness.counts().length === PODS.length;
  await aftermath.until('the counts', areIn).catch(() => undefined);
}

async function conclude(company: Company, problem: string | undefined, deps: DemoDeps): Promise<Outcome> {
  const { stage, operator, fleet, pods, witness, tokens, kubeconfig } = company;
  const answers = await provoke(stage, operator.addresses(), pods[0]?.reportToken ?? '');
  if (!deps.options.keep) await operator.stop(STOP_GRACE_MS);
  const secrets = secretsOf(stage, tokens);
  const log = { channel: 'log of the operator', text: operator.lines().join('\n') };
  const outputs = [log, deps.ownOutput(), ...fleet.outputs(), ...answers, ...witness.outputs()];
  const lastLines = operator.lines().slice(-LOG_LINES_SHOWN);
  const { report, extras } = await inspect(stage, witness, { problem, outputs, secrets });
  return {
    ...{ report, extras, problem },
    operatorLog: lastLines.map((line) => withoutSecrets(line, secrets)),
    kubeconfig,
  };
}

function standingLine(witness: Witness): string {
  const { calls, failed } = witness.totals();
  const { doing = '', consumers = '' } = witness.rotation() ?? {};
  const what = doing && ` | ${consumers && `${consumers} `}${doing}`;
  return `${calls.toLocaleString('en-US')} calls, ${failed} failed${what}`;
}
