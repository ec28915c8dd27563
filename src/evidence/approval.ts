import { approvalReport } from '../api/approval.ts';
import type { MigrationReport } from '../api/types.ts';
import { toTimestamp } from '../rotation/duration.ts';
import { type ApprovalGuard, REPORT_POLICY } from './approval-policy.ts';
import { countingReports, type Sightings, type Verdict } from './evidence.ts';

type InForce = Extract<ApprovalGuard, { type: 'InForce' }>;

/** A policy takes effect a moment after it was made, at each API server in its own time. */
const TAKES_EFFECT_MS = 30_000;
/** Stands for the name of who types the command. */
const WHO = '<who>';

/**
 * Approval: a person says so, in a MigrationReport whose `reporter` the admission policy binds to who wrote it. Without that policy
 * anybody may have written it; with it, whoever was there before.
 */
export function assessApproval(sightings: Sightings): Verdict {
  const { guard } = sightings;
  if (!guard) return pending('nobody has looked yet whether approvals are guarded');
  if (guard.type === 'Missing') {
    const remedy =
      "kubectl apply -f config/report-policy.yaml with the operator's account in it, or helm upgrade; then approve again";
    const message = `approvals count only while ValidatingAdmissionPolicy ${REPORT_POLICY} guards them: ${guard.why}; ${remedy}`;
    return { ...pending(message), reason: 'PolicyMissing' };
  }
  const approvals = countingReports(sightings, 'Approval').filter((report) => isOf(sightings, report));
  const guarded = approvals.find((report) => madeAt(report) > guard.since + TAKES_EFFECT_MS);
  const seen = sightOf(guard);
  if (guarded)
    return { complete: true, missingPods: [], message: `approved by ${guarded.spec.reporter?.username}`, ...seen };
  const early = approvals.length > 0 ? `; one that was made before ${inForceText(guard)} does not count` : '';
  const { subject } = sightings;
  return {
    ...pending(
      `waiting until somebody who may approve revision ${subject.revision}, key fingerprint ${subject.fingerprint}, does so${early}; status.rotation.consumers has the command`,
    ),
    command: approveCommand(sightings),
    ...seen,
  };
}

/** What status keeps, so that the next process need not see it for the first time. */
function sightOf({ since, generations }: InForce): Pick<Verdict, 'approvalPolicy'> {
  if (generations === undefined) return {};
  const seenAt = toTimestamp(Math.ceil(since / 1_000) * 1_000);
  return { approvalPolicy: { generations, seenAt } };
}

/** The policy asks whether the writer may approve for the rotation of that name: so that name must be ours, not its uid alone. */
function isOf({ rotationName }: Sightings, { spec }: MigrationReport): boolean {
  return spec.rotationRef.name === rotationName && (spec.reporter?.username ?? '') !== '';
}

function inForceText({ since, generations }: InForce): string {
  if (generations === undefined) return 'the policy was in force';
  const from = new Date(since + TAKES_EFFECT_MS).toISOString();
  return `${from}, since the policy was changed after it was made (kubectl replace --force -f config/report-policy.yaml makes it anew),`;
}

function madeAt({ metadata }: MigrationReport): number {
  return Date.parse(metadata.creationTimestamp ?? '');
}

/** What a person types to approve: who that is, kubectl asks the API server. */
function approveCommand({ namespace, rotationName, subject, consumer }: Sightings): string {
  const { uid, revision, fingerprint } = subject;
  const report = approvalReport({ namespace, rotationName, uid, revision, fingerprint, consumer, username: WHO });
  const template = JSON.stringify(report).replace(`"${WHO}"`, '{{printf "%q" .status.userInfo.username}}');
  return `kubectl auth whoami -o go-template='${template}' | kubectl create -f -`;
}

function pending(message: string): Verdict {
  return { complete: false, missingPods: [], message };
}
