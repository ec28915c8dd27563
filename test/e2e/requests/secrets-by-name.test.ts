import { afterAll, beforeAll, expect, it } from 'vitest';
import type { KubeApi } from '../../../src/runtime/kube/kube-api.ts';
import { assertSecretAccess } from '../../../src/stores/kubernetes/access-check.ts';
import { OPERATOR } from '../../integration/documented-roles.ts';
import { until } from '../components/until.ts';
import { type PolicedPlane, startPolicedPlane } from './policed-plane.ts';

const NAMESPACE = 'payments';
const RBAC = 'rbac.authorization.k8s.io';

/** A Role that names Secrets, and lets others be read by name. */
const role = (names: string) => `
apiVersion: ${RBAC}/v1
kind: Role
metadata: {name: by-name, namespace: ${NAMESPACE}}
rules:
- {apiGroups: [""], resources: [secrets], verbs: [create]}
- {apiGroups: [""], resources: [secrets], resourceNames: [vault], verbs: [get]}
- {apiGroups: [""], resources: [secrets], resourceNames: [${names}], verbs: [get, patch]}
`;
const PEOPLE = `
apiVersion: v1
kind: Namespace
metadata: {name: ${NAMESPACE}}
---
apiVersion: ${RBAC}/v1
kind: RoleBinding
metadata: {name: by-name, namespace: ${NAMESPACE}}
roleRef: {apiGroup: ${RBAC}, kind: Role, name: by-name}
subjects: [{kind: ServiceAccount, name: ${OPERATOR.name}, namespace: ${OPERATOR.namespace}}]
`;

let policed: PolicedPlane;
const api = {
  create: async (resource, _namespace, body) =>
    (await policed.sendAsOperator('POST', `/apis/authorization.k8s.io/v1/${resource.plural}`, body)).body,
} as Pick<KubeApi, 'create'>;
/** What the operator lacks, as a store of Secrets tells it; undefined: nothing. */
const lacking = () =>
  assertSecretAccess(api, NAMESPACE).then(
    () => undefined,
    (error: Error) => error.message,
  );

beforeAll(async () => {
  policed = await startPolicedPlane(NAMESPACE, { people: PEOPLE, secretTargets: false });
});
afterAll(() => policed?.plane.stop());

it('a Role that names each target and what is kept for it is enough for a store of Secrets, and one that does not says which', async () => {
  expect(await lacking()).toContain(
    'may not get, create, patch Secrets in namespace payments: name its targets in rbac.targets',
  );
  await policed.cluster.apply(role('apio'));
  const isHalf = async () => (await lacking())?.includes('may not get Secret apio-previous') === true;
  await until(isHalf, { what: 'the Role to count', timeoutMs: 10_000 });
  await policed.cluster.apply(role('apio, apio-previous'));
  await until(async () => (await lacking()) === undefined, { what: 'both names to count', timeoutMs: 10_000 });
});
