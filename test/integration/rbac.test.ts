import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import type { KubeEngine } from '../../sandbox/kube/engine/engine.ts';
import { applyManifests } from '../../sandbox/kube/engine/manifests.ts';
import type { UserInfo } from '../../sandbox/kube/engine/object.ts';
import { fingerprint } from '../../src/key/fingerprint.ts';
import { SecretValue } from '../../src/key/secret-value.ts';
import { CLUSTER_WIDE, documentedBlocks, OPERATOR, ROLLOUTS } from './documented-roles.ts';
import { MOUNT, NAMESPACE, type OperatorWorld, PATH, ROTATION, startOperatorWorld } from './operator-world.ts';

const LOGIN = 'vault-writer';

const OBJECTS = `
apiVersion: v1
kind: ServiceAccount
metadata: {name: ${LOGIN}, namespace: ${NAMESPACE}}
---
apiVersion: v1
kind: Pod
metadata: {name: api-1, namespace: ${NAMESPACE}}
spec: {serviceAccountName: api, containers: [{name: app, image: app}]}
status: {phase: Running}
`;

/** An issuer and a store of the whole cluster, with what they name in the operator's namespace. */
const shared = ({ vaultURL, apioServer }: OperatorWorld, managerText: string) => `
apiVersion: v1
kind: Secret
metadata: {name: apio, namespace: ${OPERATOR.namespace}}
stringData: {apiKey: ${managerText}}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: ${LOGIN}, namespace: ${OPERATOR.namespace}}
---
apiVersion: apikeyrotation.io/v1alpha1
kind: ClusterApiKeyIssuer
metadata: {name: shared}
spec:
  type: APIO
  apio: {environments: [{name: Live, url: "${apioServer.url.Live}", credentials: {secretRef: {name: apio, key: apiKey}}}]}
---
apiVersion: apikeyrotation.io/v1alpha1
kind: ClusterKeyStore
metadata: {name: shared}
spec:
  type: Vault
  vault: {url: "${vaultURL}", mount: ${MOUNT}, auth: {type: JWT, jwt: {role: operator, serviceAccountName: ${LOGIN}}}}
  allowNamespacedIssuers: true
  grants: [{namespaces: [${NAMESPACE}], pathPrefix: "teams/{{namespace}}/"}]
`;
const SHARED_TARGET = `
  - {name: shared, storeRef: {kind: ClusterKeyStore, name: shared}, path: teams/${NAMESPACE}/apio}`;

/** A rotation with a target of each kind, at stores of each kind of login, and both kinds of evidence. */
const everything = (vaultURL: string, sharedTarget: string) => `
apiVersion: apikeyrotation.io/v1alpha1
kind: KeyStore
metadata: {name: vault-jwt, namespace: ${NAMESPACE}}
spec:
  type: Vault
  vault: {url: "${vaultURL}", mount: ${MOUNT}, auth: {type: JWT, jwt: {role: operator, serviceAccountName: ${LOGIN}}}}
---
apiVersion: apikeyrotation.io/v1alpha1
kind: ApiKeyRotation
metadata: {name: apio, namespace: ${NAMESPACE}}
spec:
  issuerRef: {name: apio}
  key: {environment: Live, organization: acme, permissions: ["payments:read"]}
  targets:
  - {name: vault, storeRef: {name: vault}, path: ${PATH}}
  - {name: vault-jwt, storeRef: {name: vault-jwt}, path: payments/other}
  - {name: secret, storeRef: {name: secrets}, path: apio-key}${sharedTarget}
  consumers:
  - name: api
    evidence: [{type: Report, report: {serviceAccountName: api}}]
`;

/** Every `verb group/resource` that a request of the operator needed, as RBAC names it. */
function watchRequests(kube: KubeEngine): Set<string> {
  const used = new Set<string>();
  const isAllowed = kube.isAllowed.bind(kube);
  kube.isAllowed = (user: UserInfo, request) => {
    const resource = request.subresource ? `${request.resource}/${request.subresource}` : request.resource;
    const allowed = isAllowed(user, request);
    used.add(`${allowed ? '' : 'DENIED '}${request.verb} ${request.group}/${resource}`);
    return allowed;
  };
  return used;
}

/** Every `verb group/resource` that the Roles of some blocks grant. */
function granted(blocks: readonly string[]): Set<string> {
  const rules = blocks
    .flatMap((block) => parseAllDocuments(block).map((document) => document.toJS() as { rules?: Rule[] }))
    .flatMap(({ rules: list = [] }) => list);
  return new Set(
    rules.flatMap(({ apiGroups, resources, verbs }) =>
      apiGroups.flatMap((group) =>
        resources.flatMap((resource) => verbs.map((verb) => `${verb} ${group}/${resource}`)),
      ),
    ),
  );
}

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

async function report(world: OperatorWorld, pod: string, key: string): Promise<unknown> {
  const answer = await fetch(`${world.reportsURL}/v1/namespaces/${NAMESPACE}/rotations/apio/reports`, {
    method: 'POST',
    headers: { authorization: `Bearer ${world.reportToken(pod)}`, 'content-type': 'application/json' },
    body: JSON.stringify({ fingerprint: fingerprint(new SecretValue(key)) }),
  });
  return { status: answer.status, ...((await answer.json()) as object) };
}

const servedKey = (world: OperatorWorld) => String(world.vault.serving(MOUNT, PATH)?.key);

/** Asks for a rotation and waits until its key is published; answers the key before it and the new one. */
async function rotate(world: OperatorWorld, token: string): Promise<{ before: string; after: string }> {
  const before = servedKey(world);
  const annotations = { 'apikeyrotation.io/rotate': token };
  world.kube.patch(ROTATION, { type: 'merge', body: { metadata: { annotations } } });
  await world.until(`${token} published`, ({ status }) => {
    return status?.lastHandled?.rotate === token && status.rotation?.publishedAt !== undefined;
  });
  return { before, after: servedKey(world) };
}

const API = { name: 'api', evidence: [{ type: 'Report', report: { serviceAccountName: 'api' } }] };
const BOARD = { name: 'board', evidence: [{ type: 'Approval' }] };

/** A consumer is added that waits for an approval, until its wait is told, and taken out again. */
async function waitForApproval(world: OperatorWorld): Promise<void> {
  const change = (consumers: readonly object[]) =>
    world.kube.patch(ROTATION, { type: 'merge', body: JSON.parse(JSON.stringify({ spec: { consumers } })) });
  change([API, BOARD]);
  await world.until('PolicyMissing', ({ status }) =>
    Boolean(status?.conditions?.some(({ reason }) => reason === 'PolicyMissing')),
  );
  change([API]);
}

const done = (world: OperatorWorld, revision: number) =>
  world.until(`revision ${revision}`, ({ status }) => status?.revision === revision && !status.rotation);

/** Readiness of all issuers and stores. */
function ready(world: OperatorWorld): unknown {
  return ['apikeyissuers', 'keystores', 'clusterapikeyissuers', 'clusterkeystores'].flatMap((plural) =>
    world.kube
      .list({ resource: `${plural}.apikeyrotation.io` })
      .items.map((object) => object as { status?: { conditions?: { status: string; reason: string }[] } })
      .map(({ status }) => status?.conditions?.map((condition) => `${condition.status} ${condition.reason}`).join()),
  );
}

function deleted(world: OperatorWorld): Promise<void> {
  world.kube.delete(ROTATION);
  return new Promise((resolve) => {
    const cancel = world.kube.watch({ resource: ROTATION.resource, namespace: NAMESPACE }, {}, ({ type }) => {
      if (type !== 'DELETED') return;
      queueMicrotask(() => cancel());
      resolve();
    });
    if (!world.rotation()) resolve();
  });
}

/** Workloads have controllers: test/e2e/scenarios/rollouts.test.ts restarts them with their Role. */
const BLOCKS = documentedBlocks.filter((block) => !block.includes(`name: ${ROLLOUTS}\n`));

describe('the Roles of docs/operator-rights.md', () => {
  it.each([
    [
      'an operator of one namespace',
      BLOCKS.filter((block) => !block.includes(CLUSTER_WIDE)),
      ['--namespace', NAMESPACE, '--installation', 'here'],
    ],
    ['an operator of the whole cluster', BLOCKS, ['--cluster-resource-namespace', OPERATOR.namespace]],
  ])('let %s issue, rotate and delete, and grant nothing that is not used', async (_who, blocks, flags) => {
    const isShared = blocks === BLOCKS;
    let used = new Set<string>();
    const prepare = (kube: KubeEngine) => {
      applyManifests(kube, blocks.join('---\n'));
      used = watchRequests(kube);
    };
    const world = await startOperatorWorld({ restricted: { prepare, ...OPERATOR }, flags });
    world.vault.setPolicy('operator', [
      { path: `${MOUNT}/data/*`, capabilities: ['create', 'read', 'update'] },
      { path: `${MOUNT}/config`, capabilities: ['read'] },
    ]);
    const boundSubjects = [NAMESPACE, OPERATOR.namespace].map((of) => `system:serviceaccount:${of}:${LOGIN}`);
    world.vault.logins.setJwtRole('operator', {
      boundAudience: 'vault',
      boundSubjects,
      policies: ['operator'],
      ttlSeconds: 600,
    });
    world.apply(OBJECTS);
    if (isShared) world.apply(shared(world, world.apio.keys.find(({ manager }) => manager)?.text ?? ''));
    world.apply(everything(world.vaultURL, isShared ? SHARED_TARGET : ''));

    await done(world, 1);
    const second = await rotate(world, 'two');
    // Nobody approves: that somebody waits for it is enough for a look at the policy.
    await waitForApproval(world);
    expect(await report(world, 'api-0', second.before)).toMatchObject({ status: 200, state: 'Superseded' });
    expect(await report(world, 'api-0', 'no key that anyone knows')).toMatchObject({ status: 425 });
    expect(await report(world, 'api-1', second.after)).toMatchObject({ status: 200, state: 'Migrated' });
    world.kube.delete({ resource: 'pods', namespace: NAMESPACE, name: 'api-1' });
    expect(await report(world, 'api-0', second.after)).toMatchObject({ status: 200, state: 'Migrated' });
    await done(world, 2);
    const third = await rotate(world, 'three');
    expect(await report(world, 'api-0', third.after)).toMatchObject({ status: 200, state: 'Migrated' });
    await done(world, 3);
    expect(ready(world)).toEqual(Array(isShared ? 6 : 4).fill('True Checked'));
    await deleted(world);
    await world.close();

    expect([...used].filter((request) => request.startsWith('DENIED'))).toEqual([]);
    // Equal events within an hour are counted in the first one; none repeats here.
    const unused = [...granted(blocks)].filter((grant) => !used.has(grant));
    // The sandbox does not serve admission policies, and answers 404 before it asks; test/e2e/requests looks at them with these Roles.
    const unserved = ['validatingadmissionpolicies', 'validatingadmissionpolicybindings'];
    expect(unused).toEqual(['patch /events', ...unserved.map((kind) => `get admissionregistration.k8s.io/${kind}`)]);
  });
});
