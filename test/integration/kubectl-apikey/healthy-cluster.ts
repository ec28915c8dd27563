import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { KubeEngine } from '../../../sandbox/kube/engine/engine.ts';
import { applyManifests, applyObjects, parseManifests } from '../../../sandbox/kube/engine/manifests.ts';

const TOP = join(import.meta.dirname, '../../..');
const read = (file: string) => parseManifests(readFileSync(join(TOP, file), 'utf8'));
/** Read once: that takes ten times as long as to make a cluster of them. */
const CRDS = readdirSync(join(TOP, 'crds')).flatMap((file) => read(`crds/${file}`));
const POLICIES = ['request', 'report', 'delivery', 'secret', 'token'].flatMap((name) =>
  read(`config/${name}-policy.yaml`),
);

/** The sandbox has no admission policies; these kinds let them lie there, which is all that a doctor looks at. */
function kindOfPolicy(plural: string, kind: string): string {
  return `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: ${plural}.admissionregistration.k8s.io}
spec:
  group: admissionregistration.k8s.io
  scope: Cluster
  names: {plural: ${plural}, singular: ${kind.toLowerCase()}, kind: ${kind}, listKind: ${kind}List}
  versions:
  - name: v1
    served: true
    storage: true
    schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
`;
}

const READY = {
  type: 'Ready',
  status: 'True',
  reason: 'Checked',
  message: 'the credentials work and the settings fit',
};
const SETTLED = { type: 'Rotating', status: 'False', reason: 'Settled', message: 'no rotation is running' };

const POD = `
apiVersion: v1
kind: Pod
metadata: {name: api-0, namespace: payments}
spec:
  serviceAccountName: api
  containers: [{name: app, image: app, volumeMounts: [{name: report-token, mountPath: /t}]}]
  volumes:
  - name: report-token
    projected: {sources: [{serviceAccountToken: {path: token, audience: apikeyrotation.io}}]}
status: {phase: Running}
`;

const OBJECTS = `
apiVersion: v1
kind: Namespace
metadata: {name: payments}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: api, namespace: payments}
---
${POD}
---
apiVersion: apikeyrotation.io/v1alpha1
kind: ApiKeyIssuer
metadata: {name: apio, namespace: payments}
spec:
  type: APIO
  apio: {environments: [{name: Live, url: "https://apio.example", credentials: {secretRef: {name: apio, key: apiKey}}}]}
---
apiVersion: apikeyrotation.io/v1alpha1
kind: KeyStore
metadata: {name: secrets, namespace: payments}
spec: {type: KubernetesSecret}
---
apiVersion: apikeyrotation.io/v1alpha1
kind: ApiKeyRotation
metadata: {name: apio, namespace: payments}
spec:
  issuerRef: {name: apio}
  key: {environment: Live, organization: acme, permissions: ["payments:read"]}
  targets: [{name: secret, storeRef: {name: secrets}, path: payments-apio}]
  consumers:
  - name: api
    evidence: [{type: Report, report: {serviceAccountName: api}}]
---
apiVersion: v1
kind: Namespace
metadata: {name: apikey-rotation}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: operator, namespace: payments}
rules:
- {apiGroups: [apikeyrotation.io], resources: ["*"], verbs: ["*"]}
- {apiGroups: [""], resources: [pods], verbs: [get, list]}
- {apiGroups: [""], resources: [secrets], resourceNames: [apio], verbs: [get]}
- {apiGroups: [""], resources: [secrets], verbs: [create]}
- {apiGroups: [""], resources: [secrets], resourceNames: [payments-apio, payments-apio-previous], verbs: [get, patch]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: operator, namespace: payments}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: operator}
subjects: [{kind: ServiceAccount, name: apikey-rotation-operator, namespace: apikey-rotation}]
`;

/** As the chart labels it. */
const DEPLOYMENT = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: operator, namespace: apikey-rotation, labels: {app.kubernetes.io/name: apikey-rotation-operator}}
spec:
  selector: {matchLabels: {app: operator}}
  template: {metadata: {labels: {app: operator}}, spec: {containers: [{name: operator, image: operator}]}}
`;

/** A cluster in which a doctor finds nothing to mend; `now` is the time of its API server. */
export function healthyCluster(now: () => number): KubeEngine {
  const kube = new KubeEngine({ now, uuid: randomUUID, rbac: true });
  applyObjects(kube, CRDS);
  applyManifests(kube, kindOfPolicy('validatingadmissionpolicies', 'ValidatingAdmissionPolicy'));
  applyManifests(kube, kindOfPolicy('validatingadmissionpolicybindings', 'ValidatingAdmissionPolicyBinding'));
  applyObjects(kube, POLICIES);
  applyManifests(kube, OBJECTS);
  applyManifests(kube, DEPLOYMENT);
  renewLease(kube, now());
  setCondition(kube, 'apikeyissuers', 'apio', READY);
  setCondition(kube, 'keystores', 'secrets', READY);
  setCondition(kube, 'apikeyrotations', 'apio', SETTLED, { observedGeneration: 1 });
  return kube;
}

/** Gives an object of the namespace one condition. */
export function setCondition(
  kube: KubeEngine,
  plural: string,
  name: string,
  condition: object,
  more: object = {},
): void {
  const key = { resource: `${plural}.apikeyrotation.io`, namespace: 'payments', name, subresource: 'status' };
  const conditions = [{ lastTransitionTime: '2030-01-01T00:00:00Z', ...condition }];
  kube.patch(key, { type: 'merge', body: JSON.parse(JSON.stringify({ status: { conditions, ...more } })) });
}

/** As the operator does it; `atMs` is what its clock says. */
export function renewLease(kube: KubeEngine, atMs: number, holder = 'operator-0', namespace = 'apikey-rotation'): void {
  applyManifests(
    kube,
    `
apiVersion: coordination.k8s.io/v1
kind: Lease
metadata: {name: apikey-rotation-operator, namespace: ${namespace}}
spec:
  holderIdentity: "${holder}"
  leaseDurationSeconds: 15
  renewTime: "${new Date(atMs).toISOString().replace('Z', '000Z')}"
`,
  );
}
