import { describe, expect, test } from 'vitest';
import type { RotationStatus } from '../../../src/api/types.ts';
import { decide } from '../../../src/rotation/decide.ts';
import type { Decision, Step } from '../../../src/rotation/decision.ts';
import { factsOf, type Given } from './facts.ts';

/** One sentence about a decision: what is given, what is decided (see `brief`), and what people are told. */
export interface Row extends Given {
  readonly decides: string;
  /** The whole message of Rotating. */
  readonly message?: string;
}

/** Runs each row through the whole chain, named by its sentence. */
export function decisionTable(title: string, rows: Readonly<Record<string, Row>>): void {
  describe(title, () => {
    test.each(Object.entries(rows))('%s', (_sentence, { decides, message, ...given }) => {
      const decision = decide(factsOf(given));
      expect(brief(decision)).toBe(decides);
      if (message !== undefined) expect(conditionOf(decision, 'Rotating')?.message).toBe(message);
    });
  });
}

/** A decision in a few words: `look at targets`, `commit Intent`, `wait 60 s, Migrating`, `wait 60 s, Stalled Conflict`, `rest`. */
function brief(decision: Decision): string {
  switch (decision.type) {
    case 'Look':
      return `look at ${decision.at.join(', ')}`;
    case 'Step':
      return briefStep(decision.step);
    case 'Wait':
      return `wait ${decision.requeueAfter / 1_000} s, ${standing(decision.status)}`;
    case 'Rest':
      return decision.status ? `rest, ${standing(decision.status)}` : 'rest';
  }
}

/** A condition of the status that a decision shows or commits. */
export function conditionOf(decision: Decision, type: string) {
  return statusIn(decision)?.conditions?.find((condition) => condition.type === type);
}

/** The status that a decision shows or commits. */
export function statusIn(decision: Decision): RotationStatus | undefined {
  if (decision.type === 'Look') return undefined;
  if (decision.type !== 'Step') return decision.status;
  return decision.step.type === 'Commit' ? decision.step.status : undefined;
}

/** Reasons of the events that follow the step. */
export function noticesOf(decision: Decision): string[] {
  const step = decision.type === 'Step' ? decision.step : undefined;
  return step && 'notices' in step ? step.notices.map(({ type, reason }) => `${type} ${reason}`) : [];
}

function briefStep(step: Step): string {
  switch (step.type) {
    case 'Commit':
      return `commit ${step.name}`;
    case 'Revoke':
      return `revoke ${step.keys.map((key) => key.keyID).join(', ')} (${step.authority})`;
    case 'Recover':
      return step.fenceOnly ? 'fence' : 'recover';
    case 'Find':
      return `find the key of ${step.call.revision}.${step.call.attempt}`;
    case 'UpdatePermissions':
      return 'update permissions';
    case 'Repair':
      return 'repair';
    case 'Copy':
      return `copy to ${step.targets.join(', ')}`;
    case 'Restart':
      return `restart ${step.workload.kind}/${step.workload.name}`;
    case 'Deliver':
      return 'deliver';
    case 'AddFinalizer':
      return 'add finalizer';
    case 'RemoveFinalizer':
      return 'remove finalizer';
  }
}

function standing({ conditions = [] }: RotationStatus): string {
  const stalled = conditions.find(({ type, status }) => type === 'Stalled' && status === 'True');
  return stalled ? `Stalled ${stalled.reason}` : (conditions.find(({ type }) => type === 'Rotating')?.reason ?? '');
}
