import type { BadInput } from '../bad-input.ts';
import { AWS_STORES } from './aws.ts';
import { CLUSTER_KINDS } from './cluster-kinds.ts';
import { CONSUMERS } from './consumers.ts';
import { DECLARED_ISSUERS } from './declared-issuers.ts';
import { EVIDENCE } from './evidence.ts';
import { ISSUERS } from './issuers.ts';
import { KEYS } from './keys.ts';
import { MANIFESTS } from './manifests.ts';
import { PROGRAMS } from './programs.ts';
import { REFERENCES } from './references.ts';
import { REPORTS } from './reports.ts';
import { REQUESTS } from './requests.ts';
import { ROLLOUTS } from './rollouts.ts';
import { STORES } from './stores.ts';
import { SUPPORT } from './support.ts';
import { TARGET_VALUES } from './targets.ts';
import { VAULT_LOGINS } from './vault-logins.ts';

/** Rows that belong together on the page. */
export interface Group {
  readonly title: string;
  readonly intro: string;
  readonly rows: readonly BadInput[];
}

/** What newcomers do wrong, in the order in which they come to it. */
export const GROUPS: readonly Group[] = [
  { title: 'Manifests', intro: 'The API server refuses them; nothing is stored.', rows: MANIFESTS },
  { title: 'References and schedules', intro: 'The rotation begins when they are right.', rows: REFERENCES },
  {
    title: 'Issuers',
    intro:
      'Rotations of that issuer wait as `IssuerNotReady` and repeat the message. It is looked at again every 15 seconds.',
    rows: ISSUERS,
  },
  {
    title: 'Issuers of type HTTP',
    intro:
      'The field that the message names is one of `spec.http`; [examples/issuers](../examples/issuers/README.md) has recipes.',
    rows: DECLARED_ISSUERS,
  },
  {
    title: 'Issuers of type Support',
    intro:
      'People issue the keys; [issuers-support.md](issuers-support.md) has their commands. What they gave is left for them to correct, and is looked at every 30 seconds.',
    rows: SUPPORT,
  },
  {
    title: 'Stores',
    intro:
      'Rotations to that store wait as `StoreNotReady` and repeat the message. It is looked at again every 15 seconds.',
    rows: [...STORES, ...VAULT_LOGINS],
  },
  {
    title: 'Stores at AWS',
    intro: 'As the stores above; what they need is in [stores-aws.md](stores-aws.md).',
    rows: AWS_STORES,
  },
  {
    title: 'Issuers and stores of the cluster',
    intro: 'They grant nothing by themselves; [cluster-kinds.md](cluster-kinds.md) has their grants.',
    rows: CLUSTER_KINDS,
  },
  { title: 'Values at the targets', intro: 'What is not ours is never overwritten.', rows: TARGET_VALUES },
  { title: 'Keys', intro: 'A key that is not exactly what was asked for is revoked and never published.', rows: KEYS },
  { title: 'Consumers', intro: 'The old key lives until every one of them has moved.', rows: CONSUMERS },
  { title: 'Evidence', intro: 'What could never be complete is refused before a rotation begins.', rows: EVIDENCE },
  {
    title: 'Workloads that restart',
    intro:
      'Nothing is restarted before its pods would get the new key; [evidence-rollout.md](evidence-rollout.md) says how.',
    rows: ROLLOUTS,
  },
  { title: 'Reports', intro: 'Answers have the code in `error.code`, the sentence in `error.message`.', rows: REPORTS },
  { title: 'Programs with the SDK', intro: '`onError` is told; nothing of it stops the program.', rows: PROGRAMS },
  {
    title: 'Requests',
    intro: 'A request that cannot be carried out is refused once; [requests.md](requests.md) has the right ones.',
    rows: REQUESTS,
  },
];

export const BAD_INPUTS: readonly BadInput[] = GROUPS.flatMap(({ rows }) => rows);
