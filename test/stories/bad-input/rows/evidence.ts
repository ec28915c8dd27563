import type { RotationSpec } from '../../../../src/api/types.ts';
import { declaredApio } from '../../../doubles/declared-apio.ts';
import { applyPolicy, approve } from '../../world/outsiders.ts';
import type { BadInput } from '../bad-input.ts';
import { LIVE_URL } from '../network.ts';
import { ISSUER, type Newcomer } from '../newcomer.ts';

type Evidence = NonNullable<RotationSpec['consumers']>[number]['evidence'][number];

const consumers = (...evidence: readonly object[]) => ({ consumers: [{ name: 'legacy', evidence }] });
const lastUsed = (quietPeriod: string): Evidence => ({ type: 'LastUsed', lastUsed: { quietPeriod } });
const invalid = { type: 'Condition', kind: 'ApiKeyRotation', condition: 'Stalled', reason: 'InvalidSpec' } as const;
const right = (newcomer: Newcomer) => void newcomer.create(consumers(lastUsed('1h')));

/** An issuer of type HTTP that tells when keys were used, within `usageResolution`; undefined: one that does not. */
function declare(newcomer: Newcomer, usageResolution: string | undefined): string | undefined {
  const { key, capabilities, ...rest } = declaredApio(LIVE_URL);
  const lastUsedAt = usageResolution === undefined ? null : '/lastUsedAt';
  const use = {
    key: { ...key, lastUsedAt },
    capabilities: { ...capabilities, usageResolution: usageResolution ?? null },
  };
  return newcomer.change({ type: 'HTTP', apio: null, http: { ...rest, ...use } }, ISSUER);
}

/** Evidence that can never be complete, or that the API server refuses. */
export const EVIDENCE: readonly BadInput[] = [
  {
    did: 'asked for evidence LastUsed without a quiet period',
    seen: { type: 'Refused' },
    wrong: (newcomer) => newcomer.create(consumers({ type: 'LastUsed' })),
    correct: right,
    message:
      'ApiKeyRotation.apikeyrotation.io "apio" is invalid: spec.consumers[0].evidence[0]: Invalid value: type LastUsed goes with the member lastUsed',
    names: ['ApiKeyRotation', 'spec.consumers[0].evidence[0]', 'lastUsed'],
    remedy: '`lastUsed: {quietPeriod: 24h}`: longer than the longest time between two calls of the consumer.',
  },
  {
    did: 'asked for a quiet period of some seconds',
    seen: { type: 'Refused' },
    wrong: (newcomer) => newcomer.create(consumers(lastUsed('30s'))),
    correct: right,
    message:
      'ApiKeyRotation.apikeyrotation.io "apio" is invalid: spec.consumers[0].evidence[0].lastUsed.quietPeriod: Invalid value: "30s": must be from 1m to 8784h',
    names: ['ApiKeyRotation', 'spec.consumers[0].evidence[0].lastUsed.quietPeriod', '1m'],
    remedy: 'Take the longest time between two calls of the consumer, and some more.',
  },
  {
    did: 'declared where it stands when a key was used, and not how exactly that is told',
    seen: { type: 'Refused' },
    wrong: (newcomer) => {
      const { capabilities: _, ...http } = declaredApio(LIVE_URL);
      return newcomer.change({ type: 'HTTP', apio: null, http }, ISSUER);
    },
    correct: (newcomer) => {
      declare(newcomer, '1m');
      right(newcomer);
    },
    message:
      'ApiKeyIssuer.apikeyrotation.io "apio" is invalid: spec.http: Invalid value: key.lastUsedAt and capabilities.usageResolution go together: when a key was used, and how exactly that is told',
    names: ['ApiKeyIssuer', 'spec.http', 'key.lastUsedAt', 'capabilities.usageResolution'],
    remedy:
      'Look it up in the documentation of the vendor: often minutes, and `usageResolution: 24h` where a mere date is told.',
  },
  {
    did: 'asked for evidence LastUsed of an issuer that does not tell when its keys were used',
    seen: invalid,
    wrong: (newcomer) => {
      declare(newcomer, undefined);
      return newcomer.create(consumers(lastUsed('1h')));
    },
    correct: (newcomer) => {
      declare(newcomer, '1m');
    },
    message:
      'spec.consumers legacy: evidence LastUsed needs an issuer that tells when its keys were used, which apio does not; take another type, or, where the vendor tells it, declare key.lastUsedAt and capabilities.usageResolution in the issuer',
    names: ['spec.consumers legacy', 'LastUsed', 'apio', 'key.lastUsedAt'],
    remedy: 'Where the vendor shows it with each key, declare it: `kubectl explain aki.spec.http.key.lastUsedAt`.',
  },
  {
    did: 'asked for a quiet period within which a use need not show at the issuer',
    seen: invalid,
    wrong: (newcomer) => {
      declare(newcomer, '24h');
      return newcomer.create(consumers(lastUsed('1h')));
    },
    correct: (newcomer) => void newcomer.change(consumers(lastUsed('48h'))),
    message:
      'spec.consumers legacy: evidence LastUsed: quietPeriod 1h is shorter than the 86400s after which a use shows at issuer apio; lengthen it',
    names: ['spec.consumers legacy', 'quietPeriod 1h', 'apio'],
    remedy: 'Take at least the `capabilities.usageResolution` of the issuer.',
  },
  {
    did: 'waited for an approval in a cluster where nothing tells who may approve',
    seen: { type: 'Condition', kind: 'ApiKeyRotation', condition: 'Rotating', reason: 'PolicyMissing' },
    async wrong(newcomer) {
      newcomer.create({ consumers: [{ name: 'board', evidence: [{ type: 'Approval' }] }] });
      await newcomer.story.done(1);
      newcomer.story.annotate({ rotate: 'first' });
      await newcomer.story.published(2);
      approve(newcomer.story, 'board');
      await newcomer.story.told('PolicyMissing');
    },
    async correct(newcomer) {
      applyPolicy(newcomer.story);
      await newcomer.story.pass(120_000);
      approve(newcomer.story, 'board');
    },
    message:
      "waiting for board (approvals count only while ValidatingAdmissionPolicy apikeyrotation-reports guards them: there is no ValidatingAdmissionPolicy apikeyrotation-reports; kubectl apply -f config/report-policy.yaml with the operator's account in it, or helm upgrade; then approve again), since …; a consumer that no longer exists is released by removing it from spec.consumers",
    names: ['board', 'ValidatingAdmissionPolicy apikeyrotation-reports', 'kubectl apply -f config/report-policy.yaml'],
    remedy:
      "Once in the cluster: `kubectl apply -f config/report-policy.yaml` with your operator's account in it, or `helm upgrade` with `policies.reports=true`; then [approve](evidence-approval.md) again. What was approved before may be anybody's.",
  },
];
