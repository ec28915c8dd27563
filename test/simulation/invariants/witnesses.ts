import type { ApiKeyRotation, EvidenceSpec, RunningRotation } from '../../../src/api/types.ts';
import { milliseconds } from '../../../src/rotation/duration.ts';
import { sameValue } from '../../../src/rotation/same-value.ts';
import type { KubeObject } from '../../../src/runtime/kube/kube-api.ts';
import { reportPolicy } from '../../doubles/report-policy.ts';
import type { EntryOf, Ledger } from '../ledger/ledger.ts';
import { publication } from './reading.ts';

/** What a process was answered not long before it decided, and the history that it decided in. */
export interface Look {
  readonly answers: readonly EntryOf<'Answered'>[];
  readonly ledger: Ledger;
}

/**
 * S3 and S11 for evidence that does not come from the consumer: judged by who really called with which key and who really approved,
 * and by whether the process has looked.
 */
export function untold(object: ApiKeyRotation, rotation: RunningRotation, look: Look): string | undefined {
  for (const { name, evidence } of object.spec.consumers ?? [])
    for (const item of evidence) {
      const problem = PROBLEMS[item.type]?.(item, name, object, rotation, look);
      if (problem !== undefined) return `consumer ${name}: ${problem}`;
    }
  return undefined;
}

type Judge = (
  item: EvidenceSpec,
  consumer: string,
  object: ApiKeyRotation,
  rotation: RunningRotation,
  look: Look,
) => string | undefined;

const PROBLEMS: Readonly<Partial<Record<EvidenceSpec['type'], Judge>>> = {
  LastUsed: ({ lastUsed }, _consumer, _object, rotation, look) =>
    stillUsed(milliseconds(lastUsed?.quietPeriod), rotation, look),
  Approval: (_item, consumer, object, rotation, look) =>
    unguarded(look) ?? unapproved(consumer, object, rotation, look),
};

function stillUsed(quietMs: number, rotation: RunningRotation, { answers, ledger }: Look): string | undefined {
  const { oldKey, newKey } = rotation;
  const look = answers.findLast(({ call }) => call.name === 'issuer usage' && call.detail === oldKey?.keyID);
  if (!look) return 'nobody has looked when the old key was used';
  const published = publication(ledger, rotation)?.at ?? Number.POSITIVE_INFINITY;
  if (look.at - published < quietMs) return 'the quiet period since publishing is not over';
  const uses = (keyID: string | undefined, from: number) => {
    const text = ledger.keys.get(keyID ?? '')?.text;
    return ledger.all('Used').some((use) => use.text === text && use.at > from && use.at <= look.at);
  };
  if (uses(oldKey?.keyID, look.at - quietMs)) return 'somebody has used the old key within the quiet period';
  return uses(newKey?.keyID, published)
    ? undefined
    : 'nobody but ourselves has used the new key since it was published';
}

function unguarded({ answers }: Look): string | undefined {
  const guard = reportPolicy('');
  const isSeen = (plural: string, { spec }: KubeObject & { readonly spec: unknown }) => {
    const look = answers.findLast(({ call }) => call.name === `kube GET ${plural}`);
    return sameValue((look?.value as { readonly spec?: unknown } | undefined)?.spec, spec);
  };
  const isGuarded =
    isSeen('validatingadmissionpolicies', guard.policy) && isSeen('validatingadmissionpolicybindings', guard.binding);
  return isGuarded ? undefined : 'nobody has seen that approvals are guarded';
}

function unapproved(
  consumer: string,
  { metadata }: ApiKeyRotation,
  { attemptID, newKey }: RunningRotation,
  { ledger }: Look,
): string | undefined {
  const revision = Number(attemptID.split('/')[2]?.split('.')[0]);
  const approval = ledger.last(
    'Approved',
    (given) =>
      given.consumer === consumer &&
      given.uid === metadata.uid &&
      given.revision === revision &&
      given.fingerprint === newKey?.fingerprint,
  );
  return approval ? undefined : 'nobody who may has approved this key in this revision';
}
