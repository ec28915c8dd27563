import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FoundPolicy, guardOf, REPORT_POLICY } from '../../../src/evidence/approval-policy.ts';
import { assessConsumers } from '../../../src/evidence/assess-consumers.ts';
import { OPERATOR } from '../../integration/documented-roles.ts';
import { documentedText } from '../../integration/documents/block.ts';
import type { Answer } from '../components/control-plane.ts';
import { programPath } from '../components/locate.ts';
import { until } from '../components/until.ts';
import { type PolicedPlane, shown, startPolicedPlane } from './policed-plane.ts';

const NAMESPACE = 'payments';
const REPORTS = `/apis/apikeyrotation.io/v1alpha1/namespaces/${NAMESPACE}/migrationreports`;
const ADMISSION = '/apis/admissionregistration.k8s.io/v1';
/** May write MigrationReports, as no role that we ship lets anybody. */
const EDITOR = 'edith';
/** May do that, and is in the group to which the page grants the Role of config/approval-roles.yaml. */
const APPROVER = 'oscar';
const GROUP = 'change-board';
const UID = '3a5d1c52-0000-4000-8000-000000000001';

const PEOPLE = `
apiVersion: v1
kind: Namespace
metadata: {name: ${NAMESPACE}}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: editors, namespace: ${NAMESPACE}}
rules:
- apiGroups: [apikeyrotation.io]
  resources: [migrationreports]
  verbs: [get, create, update, patch, delete]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: editors, namespace: ${NAMESPACE}}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: editors}
subjects:
- {apiGroup: rbac.authorization.k8s.io, kind: User, name: ${EDITOR}}
- {apiGroup: rbac.authorization.k8s.io, kind: User, name: ${APPROVER}}
`;

let plane: PolicedPlane['plane'];
let cluster: PolicedPlane['cluster'];
let send: PolicedPlane['send'];
let sendAsOperator: PolicedPlane['sendAsOperator'];
let made = 0;

/** The operator replaces reports, and patches none. */
async function rewriteAsOperator(path: string, change: object): Promise<Answer> {
  const { body } = await plane.request('GET', path);
  const { spec, ...rest } = body as { spec: object };
  return sendAsOperator('PUT', path, { ...rest, spec: { ...spec, ...change } });
}

interface Change {
  readonly type?: string;
  readonly username?: string;
  readonly rotation?: string;
  readonly labels?: Record<string, string>;
}

function report({ type = 'Approval', username = APPROVER, rotation = 'apio', labels }: Change = {}) {
  const of = { 'apikeyrotation.io/rotation-uid': UID, 'apikeyrotation.io/consumer': 'board' };
  const reporter = type === 'Approval' ? { username } : { username, podName: 'api-0', podUID: 'u' };
  return {
    apiVersion: 'apikeyrotation.io/v1alpha1',
    kind: 'MigrationReport',
    metadata: { name: `report-${++made}`, labels: labels ?? of },
    spec: {
      rotationRef: { name: rotation, uid: UID },
      revision: 2,
      consumer: 'board',
      type,
      fingerprint: '0123456789abcdef',
      reporter,
      ...(type === 'Approval' ? {} : { reportedAt: '2030-01-01T00:00:00Z' }),
    },
  };
}

/** One that is there, made by who may; answers its path. */
async function existing(change: Change = {}): Promise<string> {
  const body = report(change);
  const answer = await (body.spec.type === 'Approval'
    ? send(APPROVER, 'POST', REPORTS, body)
    : sendAsOperator('POST', REPORTS, body));
  expect(shown(answer)).toMatch(/^201 /);
  return `${REPORTS}/${body.metadata.name}`;
}

beforeAll(async () => {
  ({ plane, cluster, send, sendAsOperator } = await startPolicedPlane(NAMESPACE, {
    people: PEOPLE,
    groups: { [APPROVER]: GROUP },
    commands: documentedText('docs/evidence-approval.md “Evidence: Approval” sh 1'),
    secretTargets: false,
  }));
  // Policies and roles take effect a moment after they were written.
  const isGuarded = async () => {
    const dryRun = `${REPORTS}?dryRun=All`;
    const tried = await send(EDITOR, 'POST', dryRun, report({ username: EDITOR }));
    const granted = await send(APPROVER, 'POST', dryRun, report());
    return tried.status === 403 && shown(tried).includes('the verb approve') && granted.status === 201;
  };
  await until(isGuarded, { what: 'the policy to be in force', timeoutMs: 30_000 });
});
afterAll(() => plane?.stop());

describe('whoever approves', () => {
  it('is who stands in the approval, and may', async () => {
    expect(shown(await send(APPROVER, 'POST', REPORTS, report()))).toMatch(/^201 /);
  });

  it('must have the verb, which the refusal names with the command that grants it', async () => {
    expect(shown(await send(EDITOR, 'POST', REPORTS, report({ username: EDITOR })))).toMatch(
      new RegExp(
        `^403 .*to approve takes the verb approve on apikeyrotations.apikeyrotation.io apio in namespace ${NAMESPACE}; ` +
          `ClusterRole apikeyrotation-approvers grants it.* --clusterrole=apikeyrotation-approvers --user=${EDITOR}$`,
      ),
    );
  });

  it.each([
    ['another person', 'alice'],
    ['nobody', ''],
    ['the operator', `system:serviceaccount:${OPERATOR.namespace}:${OPERATOR.name}`],
  ])('cannot approve as %s', async (_who, username) => {
    expect(shown(await send(APPROVER, 'POST', REPORTS, report({ username })))).toMatch(
      new RegExp(`^403 .*spec.reporter.username must be who approves: ${APPROVER}$`),
    );
  });

  it('labels the approval, or is told that nobody would see it', async () => {
    expect(shown(await send(APPROVER, 'POST', REPORTS, report({ labels: {} })))).toMatch(
      /^422 .*label apikeyrotation.io\/rotation-uid must be spec.rotationRef.uid/,
    );
  });

  it('may do so for one rotation by name, and for no other', async () => {
    await cluster.apply(`
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: one, namespace: ${NAMESPACE}}
rules: [{apiGroups: [apikeyrotation.io], resources: [apikeyrotations], resourceNames: [mine], verbs: [approve]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: one, namespace: ${NAMESPACE}}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: one}
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: ${EDITOR}}]
`);
    const dry = (rotation: string) =>
      send(EDITOR, 'POST', `${REPORTS}?dryRun=All`, report({ username: EDITOR, rotation }));
    await until(async () => (await dry('mine')).status === 201, { what: 'the Role to count', timeoutMs: 10_000 });
    expect((await dry('other')).status).toBe(403);
  });

  it('changes nothing afterwards', async () => {
    const path = await existing();
    for (const spec of [
      { revision: 3 },
      { fingerprint: 'fedcba9876543210' },
      { consumer: 'api' },
      { rotationRef: { uid: 'x' } },
    ]) {
      expect(shown(await send(APPROVER, 'PATCH', path, { spec }))).toMatch(/^403 .*an approval is never changed/);
    }
  });

  it('may be anybody where labels and owners change, which count for nothing', async () => {
    const path = await existing();
    expect(shown(await send(EDITOR, 'PATCH', path, { metadata: { labels: { team: 'a' } } }))).toMatch(/^200 /);
    expect(shown(await send(EDITOR, 'DELETE', path))).toMatch(/^200 /);
  });
});

describe('what consumers report', () => {
  it('is written by the operator', async () => {
    const path = await existing({ type: 'Report' });
    expect(shown(await rewriteAsOperator(path, { revision: 3 }))).toMatch(/^200 /);
    await existing({ type: 'Proof' });
  });

  it.each(['Report', 'Proof'])('a %s is written by nobody else, whatever else they may', async (type) => {
    for (const user of [EDITOR, APPROVER]) {
      expect(shown(await send(user, 'POST', REPORTS, report({ type, username: user })))).toMatch(
        new RegExp(`^403 .*a MigrationReport of type ${type} is written by the operator only`),
      );
    }
    const path = await existing({ type });
    expect(shown(await send(APPROVER, 'PATCH', path, { spec: { revision: 3 } }))).toMatch(/^403 /);
  });

  it('becomes no approval, and an approval none of it', async () => {
    const approval = { type: 'Approval', reporter: { username: APPROVER, podName: null, podUID: null } };
    const path = await existing({ type: 'Report' });
    expect(shown(await send(APPROVER, 'PATCH', path, { spec: approval }))).toMatch(/^403 .*never changed/);
    const given = { type: 'Report', reportedAt: '2030-01-01T00:00:00Z' };
    expect(shown(await rewriteAsOperator(await existing(), given))).toMatch(/^403 .*never changed/);
  });

  it('is no approval of the operator’s own', async () => {
    const username = `system:serviceaccount:${OPERATOR.namespace}:${OPERATOR.name}`;
    expect(shown(await sendAsOperator('POST', REPORTS, report({ username })))).toMatch(/^403 .*the verb approve/);
  });
});

it('the schema wants the person in an approval, and no pod', async () => {
  const { spec, ...rest } = report();
  for (const reporter of [undefined, {}, { username: APPROVER, podUID: 'u' }]) {
    const answer = await plane.request('POST', REPORTS, { ...rest, spec: { ...spec, reporter } });
    expect(shown(answer)).toMatch(/^422 .*type Approval goes with reporter.username alone/);
  }
});

it('the operator knows the policy again as the API server answers it', async () => {
  const get = async (plural: string) =>
    (await sendAsOperator('GET', `${ADMISSION}/${plural}/${REPORT_POLICY}`, undefined)).body as FoundPolicy['policy'];
  const found = {
    policy: await get('validatingadmissionpolicies'),
    binding: await get('validatingadmissionpolicybindings'),
  };
  expect(guardOf(found, () => 0)).toEqual({ type: 'InForce', since: expect.any(Number) });
});

it('the command that the status shows approves', async () => {
  const config = join(plane.folder, 'kubeconfig');
  writeFileSync(config, plane.kubeconfig(), { mode: 0o600 });
  const subject = { uid: UID, revision: 7, fingerprint: '0123456789abcdef' };
  const ask = (reports: readonly object[]) =>
    assessConsumers({
      ...subject,
      namespace: NAMESPACE,
      rotationName: 'apio',
      publishedAt: '2020-01-01T00:00:00Z',
      consumers: [{ name: '007', evidence: [{ type: 'Approval' }] }],
      statuses: [],
      reports: reports as never,
      pods: [],
      usage: undefined,
      rollouts: new Map(),
      guard: { type: 'InForce', since: 0 },
    })[0];
  const [, command = ''] = ask([])?.message.split('\n') ?? [];
  const PATH = `${dirname(programPath('kubectl'))}:${process.env.PATH}`;
  const script = `kubectl() { command kubectl --kubeconfig "$CONFIG" --as ${APPROVER} --as-group ${GROUP} "$@"; }; ${command}`;
  const { stdout, stderr } = spawnSync('sh', ['-c', script], {
    encoding: 'utf8',
    env: { PATH, CONFIG: config, HOME: plane.folder },
  });
  expect(`${stdout}${stderr}`).toMatch(/^migrationreport.apikeyrotation.io\/apio-\w+ created\n$/);
  const { items } = (await plane.request('GET', `${REPORTS}?labelSelector=apikeyrotation.io/rotation-uid=${UID}`))
    .body as { items: object[] };
  expect(ask(items)).toMatchObject({ state: 'Migrated', message: `approved by ${APPROVER}` });
});
