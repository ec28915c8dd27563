import type { JsonObject } from '../../../sandbox/kube/engine/json.ts';
import { FINALIZER } from '../../../src/api/names.ts';
import { assessConsumers } from '../../../src/evidence/assess-consumers.ts';

const ISSUER = { kind: 'ApiKeyIssuer', name: 'apio', uid: 'issuer-uid', origin: 'https://api.example.com' };
const KEY = { environment: 'Live', organization: 'acme', permissions: ['payments:read'] };
const TARGET = {
  name: 'vault',
  storeName: 'vault',
  storeUID: 'store-uid',
  address: 'https://vault.example.com:8200',
  path: 'payments/apio',
};
const SINCE = '2026-11-28T03:00:00Z';

const rotation = (namespace: string, name: string, finalizers = '') => `
apiVersion: apikeyrotation.io/v1alpha1
kind: ApiKeyRotation
metadata: {name: ${name}, namespace: ${namespace}, finalizers: [${finalizers}]}
spec:
  issuerRef: {name: apio}
  key: {environment: Live, organization: acme, permissions: ["payments:read"]}
  targets: [{name: vault, storeRef: {name: vault}, path: payments/apio}]
  consumers:
  - {name: payments-api, evidence: [{type: Report, report: {serviceAccountName: payments-api}}]}
  - {name: change-board, evidence: [{type: Approval}]}
---`;

/** As the chart gives them to its pods, of the release that the pages install. */
const LABELS =
  '{app.kubernetes.io/name: apikey-rotation-operator, app.kubernetes.io/instance: apikey-rotation-operator}';

/** What the pages suppose to be there: two namespaces with a rotation each, and the operator's own. */
export const OBJECTS = `
{apiVersion: v1, kind: Namespace, metadata: {name: shop}}
---
{apiVersion: v1, kind: Namespace, metadata: {name: payments}}
---
{apiVersion: v1, kind: Namespace, metadata: {name: apikey-rotation}}
---
apiVersion: coordination.k8s.io/v1
kind: Lease
metadata: {name: apikey-rotation-operator, namespace: apikey-rotation}
spec: {holderIdentity: apikey-rotation-operator-0}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: apikey-rotation-operator, namespace: apikey-rotation}
spec:
  selector: {matchLabels: ${LABELS}}
  template: {metadata: {labels: ${LABELS}}, spec: {containers: [{name: operator, image: operator}]}}
---
apiVersion: v1
kind: Pod
metadata: {name: apikey-rotation-operator-0, namespace: apikey-rotation, labels: ${LABELS}}
spec: {nodeName: node-1, containers: [{name: operator, image: operator}]}
---
{apiVersion: v1, kind: ServiceAccount, metadata: {name: payments-api, namespace: payments}}
---${rotation('shop', 'payments')}${rotation('payments', 'apio', FINALIZER)}
apiVersion: apikeyrotation.io/v1alpha1
kind: ApiKeyIssuer
metadata: {name: apio, namespace: payments}
spec:
  type: APIO
  apio:
    environments: [{name: Live, url: "https://api.example.com", credentials: {secretRef: {name: apio, key: apiKey}}}]
---
apiVersion: apikeyrotation.io/v1alpha1
kind: KeyStore
metadata: {name: secrets, namespace: payments}
spec: {type: KubernetesSecret}
---
apiVersion: v1
kind: Event
metadata: {name: apio.1, namespace: payments}
involvedObject: {apiVersion: apikeyrotation.io/v1alpha1, kind: ApiKeyRotation, namespace: payments, name: apio}
type: Warning
reason: RollBackRefused
message: "there is no revision 3"
firstTimestamp: "${SINCE}"
lastTimestamp: "${SINCE}"
`;

/** Of the issuer. */
export const ISSUER_STATUS: JsonObject = {
  conditions: [
    { type: 'Ready', status: 'True', reason: 'Verified', message: 'The credential works', lastTransitionTime: SINCE },
  ],
};

/** What is said of the consumer that a person speaks for. */
const [assessed] = assessConsumers({
  namespace: 'payments',
  rotationName: 'apio',
  uid: 'uid',
  revision: 2,
  fingerprint: '00000000000000b2',
  publishedAt: SINCE,
  consumers: [{ name: 'change-board', evidence: [{ type: 'Approval' }] }],
  statuses: [],
  reports: [],
  pods: [],
  usage: undefined,
  rollouts: new Map(),
  guard: { type: 'InForce', since: 0 },
});

/** Of each of them: in the middle of its second rotation, waiting for both consumers. */
export const STATUS: JsonObject = {
  protocol: 1,
  revision: 2,
  attempt: 1,
  consumersSummary: '0/2',
  conditions: [
    {
      type: 'Ready',
      status: 'True',
      reason: 'KeyPublished',
      message: 'The key is published',
      lastTransitionTime: SINCE,
    },
    {
      type: 'Rotating',
      status: 'True',
      reason: 'ConsumersPending',
      message: 'Waiting for payments-api',
      lastTransitionTime: SINCE,
    },
  ],
  current: {
    keyID: 'key_a1',
    fingerprint: '00000000000000a1',
    issuer: ISSUER,
    targets: [TARGET],
    expiresAt: '2027-01-01T00:00:00Z',
  },
  abandoned: [{ revision: 2, attempt: 1, keyID: 'key_lost', reason: 'Unknown' }],
  rotation: {
    attemptID: 'here/uid/2.1',
    attemptAt: SINCE,
    claim: '5f1c0000-0000-4000-8000-352903000018',
    trigger: 'Schedule',
    startedAt: SINCE,
    plan: { issuer: ISSUER, key: KEY, targets: [{ ...TARGET, fields: { key: 'key' } }] },
    oldKey: {
      keyID: 'key_a1',
      fingerprint: '00000000000000a1',
      issuer: ISSUER,
      targets: [TARGET],
      expiresAt: '2027-01-01T00:00:00Z',
    },
    newKey: { keyID: 'key_b2', fingerprint: '00000000000000b2' },
    publishedAt: SINCE,
    request: { text: 'Please issue an API key: organization acme', secretName: 'apio-delivered-key', since: SINCE },
    consumers: [
      { name: 'payments-api', state: 'Pending', since: SINCE, missingPods: ['payments-api-0'] },
      {
        name: 'change-board',
        state: 'Pending',
        since: SINCE,
        message: assessed?.message ?? '',
      },
    ],
  },
};

/** What `kubectl logs` of the operator gives, for which the sandbox has no kubelet. */
export const OPERATOR_LOG = [
  {
    level: 'info',
    time: SINCE,
    audit: true,
    object: 'payments/apio',
    claim: '5f1c-352903000018',
    attemptID: 'here/uid/2.1',
    keyID: 'key_b2',
    effect: 'Issue',
    outcome: 'Done',
  },
  { level: 'warn', time: SINCE, namespace: 'payments', name: 'apio', msg: 'The store is away' },
]
  .map((line) => `${JSON.stringify(line)}\n`)
  .join('');
