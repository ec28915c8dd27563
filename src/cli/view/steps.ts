import type { ApiKeyRotation, HistoryEntry, RotationSpec, RunningRotation } from '../../api/types.ts';
import { later, milliseconds } from '../../rotation/duration.ts';
import { conditionOf } from './rotation-view.ts';

/** Where a step stands: `Held` moves on only when a person does something. */
export type StepState = 'Done' | 'Running' | 'Held' | 'Ahead';

/** One line of the timeline. `at`: when it was done; of a running one, since when it runs. */
export interface Step {
  readonly name: string;
  readonly state: StepState;
  readonly at?: string;
  readonly detail: string;
}

/** The timeline of the running rotation, else of the last one; empty before the first. */
export function stepsOf({ spec, status = {} }: ApiKeyRotation): readonly Step[] {
  const { rotation, history = [], revision } = status;
  const [last] = history;
  if (!rotation) return last ? finishedSteps(last) : [];
  const steps = rotation.inPlace ? inPlaceSteps(rotation) : runningSteps(spec, rotation, revision ?? 0);
  const isStalled = conditionOf(status.conditions, 'Stalled')?.status === 'True';
  return isStalled ? steps.map((step) => (step.state === 'Running' ? { ...step, state: 'Held' } : step)) : steps;
}

function runningSteps(spec: RotationSpec, rotation: RunningRotation, revision: number): readonly Step[] {
  const { publishedAt, oldKey, revokeIntent } = rotation;
  const isRetiring = oldKey !== undefined;
  const migrated = revokeIntent?.decidedAt ?? rotation.migratedAt;
  return [
    begun(revision, rotation.startedAt, rotation.trigger, rotation.reason),
    step('key obtained', publishedAt, publishedAt === undefined, keyDetail(rotation)),
    step('published', publishedAt, false, targetDetail(rotation)),
    ...(isRetiring ? [consumersStep(spec, rotation, migrated)] : []),
    ...(isRetiring ? waitStep(spec, rotation, migrated) : []),
    ...(isRetiring ? [revokeStep(rotation)] : []),
  ];
}

function begun(revision: number, at: string | undefined, trigger: string, reason: string | undefined): Step {
  return step('begun', at, false, `revision ${revision}, ${trigger}${reason ? `: ${reason}` : ''}`);
}

/** Done where there is a time, else running or ahead. A first time may be missing in old histories. */
function step(name: string, doneAt: string | undefined, isRunning: boolean, detail: string): Step {
  if (doneAt !== undefined) return { name, state: 'Done', at: doneAt, detail };
  return { name, state: isRunning ? 'Running' : 'Ahead', detail };
}

function keyDetail({ newKey, restoredKey, rollbackOf, request, attemptID }: RunningRotation): string {
  if (restoredKey) return `${restoredKey.keyID} again: revision ${rollbackOf} is rolled back`;
  if (newKey) return `${newKey.keyID}, verified at the issuer`;
  if (request) return `people were asked for it at ${request.since}`;
  return `attempt ${attemptID.split('/').at(-1)}`;
}

function targetDetail({ plan, targets = [] }: RunningRotation): string {
  return plan.targets
    .map(({ name, path }) => {
      const known = targets.find((target) => target.name === name);
      const version = known?.version === undefined ? '' : `, version ${known.version}`;
      return `${name} (${path}${version})${known?.message ? `: ${known.message}` : ''}`;
    })
    .join('; ');
}

function consumersStep(spec: RotationSpec, rotation: RunningRotation, migrated: string | undefined): Step {
  const { publishedAt, consumers = [], leakedKeyID, oldKey } = rotation;
  const name = 'consumers moved';
  if (leakedKeyID !== undefined && leakedKeyID === oldKey?.keyID) {
    return step(name, publishedAt, false, 'not waited for: the old key has leaked');
  }
  if (spec.withoutEvidence) return step(name, publishedAt, false, 'nobody reports (withoutEvidence)');
  const pending = consumers.filter(({ state }) => state === 'Pending');
  const moved = `${consumers.length - pending.length} of ${consumers.length}`;
  if (pending.length === 0 && publishedAt !== undefined) return step(name, migrated ?? publishedAt, false, moved);
  const until = spec.migration?.deadline;
  const deadline = until ? `, deadline ${later(rotation.startedAt, milliseconds(until))}` : '';
  return {
    name,
    state: publishedAt ? 'Running' : 'Ahead',
    ...(publishedAt && { at: publishedAt }),
    detail: `${moved}${deadline}`,
  };
}

/** Grace, or the overlap where nobody reports: time passes, and nothing else. */
function waitStep(spec: RotationSpec, rotation: RunningRotation, migrated: string | undefined): readonly Step[] {
  const { publishedAt, revokeIntent } = rotation;
  const [name, wait, from] = spec.withoutEvidence
    ? ['overlap over', spec.withoutEvidence.overlap, publishedAt]
    : ['grace over', spec.migration?.gracePeriod, migrated];
  if (milliseconds(wait) === 0) return [];
  if (revokeIntent) return [step(name, revokeIntent.decidedAt, false, `${wait}`)];
  const until = from === undefined ? `${wait} after that` : `until ${later(from, milliseconds(wait))}`;
  return [step(name, undefined, from !== undefined, until)];
}

function revokeStep({ oldKey, revokeIntent, request }: RunningRotation): Step {
  const name = 'old key revoked';
  if (!revokeIntent) return step(name, undefined, false, oldKey?.keyID ?? '');
  const asked = request ? `, people were asked for it at ${request.since}` : '';
  return {
    name,
    state: 'Running',
    at: revokeIntent.decidedAt,
    detail: `${revokeIntent.keyID}, decided by ${revokeIntent.basis}${asked}`,
  };
}

function inPlaceSteps({ startedAt, inPlace, trigger, reason }: RunningRotation): readonly Step[] {
  const detail = `${inPlace?.add.join(', ')} to key ${inPlace?.keyID}, which stays in use`;
  return [
    step('begun', startedAt, false, `${trigger}${reason ? `: ${reason}` : ''}`),
    step('permissions added', undefined, true, detail),
  ];
}

/** What `status.history` keeps of a rotation. */
function finishedSteps(entry: HistoryEntry): readonly Step[] {
  const {
    revision,
    startedAt,
    publishedAt,
    migratedAt,
    finishedAt,
    trigger,
    reason,
    keyID,
    revokedKeyID,
    result,
    basis,
  } = entry;
  const ended = revokedKeyID ? `${revokedKeyID} ${result}${basis ? `, by ${basis}` : ''}` : result;
  return [
    begun(revision, startedAt, trigger, reason),
    ...(publishedAt ? [step('published', publishedAt, false, keyID ?? '')] : []),
    ...(migratedAt ? [step('consumers moved', migratedAt, false, '')] : []),
    step(revokedKeyID ? 'old key revoked' : 'ended', finishedAt, false, ended),
  ];
}
