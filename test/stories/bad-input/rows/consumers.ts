import type { RotationSpec } from '../../../../src/api/types.ts';
import type { BadInput } from '../bad-input.ts';
import type { Newcomer } from '../newcomer.ts';

type Report = NonNullable<NonNullable<RotationSpec['consumers']>[number]['evidence'][number]['report']>;

const waits = { type: 'Condition', kind: 'ApiKeyRotation', condition: 'Rotating', reason: 'Migrating' } as const;
const reporting = (report: Report) => ({ consumers: [{ name: 'api', evidence: [{ type: 'Report', report }] }] });

/** The second key is published and waited for, while the consumer is described like that. */
function rotating(report: Report) {
  return async (newcomer: Newcomer) => {
    newcomer.create(reporting(report));
    await newcomer.story.done(1);
    newcomer.story.annotate({ rotate: 'first' });
    await newcomer.story.published(2);
    await newcomer.story.pass(60_000);
  };
}

/** Both pods have moved, and the description is put right. */
async function corrected(newcomer: Newcomer): Promise<void> {
  newcomer.change({
    consumers: [{ name: 'api', evidence: [{ type: 'Report', report: { serviceAccountName: 'api' } }] }],
  });
  await newcomer.story.pass(60_000);
  for (const pod of ['api-0', 'api-1'])
    await newcomer.report({ fingerprint: newcomer.fingerprint() }, { token: newcomer.token('api', pod) });
}

/** Consumers that nobody is: the old key lives on until they are corrected. */
export const CONSUMERS: readonly BadInput[] = [
  {
    did: "misspelled the consumer's ServiceAccount",
    seen: waits,
    wrong: rotating({ serviceAccountName: 'apy' }),
    correct: corrected,
    message:
      'waiting for api (waiting for a pod: no live pod of ServiceAccount apy matches (report.whenNoPods: Count accepts that)), since …; a consumer that no longer exists is released by removing it from spec.consumers',
    names: ['api', 'ServiceAccount apy', 'report.whenNoPods'],
    remedy:
      '`kubectl -n payments get pods -o custom-columns=NAME:.metadata.name,ACCOUNT:.spec.serviceAccountName` tells whose pods are whose.',
  },
  {
    did: 'wrote a selector that matches no pod',
    seen: waits,
    wrong: rotating({ serviceAccountName: 'api', podSelector: { matchLabels: { app: 'payments' } } }),
    correct: corrected,
    message:
      'waiting for api (waiting for a pod: no live pod of ServiceAccount api matches report.podSelector app=payments (report.whenNoPods: Count accepts that)), since …; a consumer that no longer exists is released by removing it from spec.consumers',
    names: ['api', 'ServiceAccount api', 'podSelector', 'report.whenNoPods'],
    remedy:
      '`kubectl -n payments get pods --show-labels`, then correct `report.podSelector`; `whenNoPods: Count` where a consumer is away for good reasons.',
  },
  {
    did: 'declared a consumer and forgot to let it report',
    seen: waits,
    wrong: rotating({ serviceAccountName: 'api' }),
    correct: corrected,
    message:
      'waiting for api (waiting for reports of pods api-0, api-1 (0 of 2 reported)), since …; a consumer that no longer exists is released by removing it from spec.consumers',
    names: ['api', 'pods api-0, api-1', 'removing it from spec.consumers'],
    remedy: 'Let it report: [consumers.md](consumers.md). The old key stays alive until then.',
  },
];
