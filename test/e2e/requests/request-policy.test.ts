import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFailed } from 'vitest';
import { documentedText } from '../../integration/documents/block.ts';
import type { Answer } from '../components/control-plane.ts';
import { programPath } from '../components/locate.ts';
import { until } from '../components/until.ts';
import { rotationManifest } from '../world/rotation-manifest.ts';
import { type PolicedPlane, shown, startPolicedPlane } from './policed-plane.ts';

const NAMESPACE = 'payments';
const ROTATIONS = `/apis/apikeyrotation.io/v1alpha1/namespaces/${NAMESPACE}/apikeyrotations`;
/** May change rotations. */
const EDITOR = 'edith';
/** May do that, and is in the group to which the page grants the Role of config/request-roles.yaml. */
const ON_CALL = 'oscar';
const GROUPS: Readonly<Record<string, string>> = { [ON_CALL]: 'payments-on-call' };
const GUARDED = ['emergency', 'rollback', 'drop-target', 'accept-state', 'revocation-confirmed'];

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
  resources: [apikeyrotations, apikeyrotations/status]
  verbs: [get, create, update, patch, delete]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: editors, namespace: ${NAMESPACE}}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: editors}
subjects:
- {apiGroup: rbac.authorization.k8s.io, kind: User, name: ${EDITOR}}
- {apiGroup: rbac.authorization.k8s.io, kind: User, name: ${ON_CALL}}
`;

let plane: PolicedPlane['plane'];
let cluster: PolicedPlane['cluster'];
let send: PolicedPlane['send'];
let sendAsOperator: PolicedPlane['sendAsOperator'];
let made = 0;

const annotated = (name: string, value: string | null) => ({
  metadata: { annotations: { [`apikeyrotation.io/${name}`]: value } },
});

/** A manifest with a name of its own. */
function manifest(annotations: Record<string, string> = {}) {
  const name = `rotation-${++made}`;
  const rotation = JSON.parse(rotationManifest({ namespace: NAMESPACE, name }));
  return { ...rotation, metadata: { ...rotation.metadata, annotations } };
}

/** A rotation that the administrator made, with this request in it. */
async function rotationWith(request?: string): Promise<string> {
  const rotation = manifest(request === undefined ? {} : { [`apikeyrotation.io/${request}`]: 'before' });
  expect(shown(await plane.request('POST', ROTATIONS, rotation))).toMatch(/^201 /);
  return `${ROTATIONS}/${rotation.metadata.name}`;
}

beforeAll(async () => {
  ({ plane, cluster, send, sendAsOperator } = await startPolicedPlane(NAMESPACE, {
    people: PEOPLE,
    groups: GROUPS,
    commands: documentedText('docs/requests.md “Who may ask” sh 1'),
    secretTargets: true,
  }));
  const isServed = async () => (await plane.request('GET', ROTATIONS)).status === 200;
  await until(isServed, { what: 'rotations to be served', timeoutMs: 30_000 });
  // Policies and roles take effect a moment after they were written.
  const isGuarded = async () => {
    const rotation = manifest({ 'apikeyrotation.io/emergency': 'x' });
    const tried = await send(EDITOR, 'POST', `${ROTATIONS}?dryRun=All`, rotation);
    const granted = await send(ON_CALL, 'POST', `${ROTATIONS}?dryRun=All`, rotation);
    return tried.status === 403 && shown(tried).includes('the verb emergency') && granted.status === 201;
  };
  await until(isGuarded, { what: 'the policy to be in force', timeoutMs: 30_000 });
});
afterAll(() => plane?.stop());

describe.each(GUARDED)('annotation %s', (name) => {
  const refused = new RegExp(
    `^403 .*annotation apikeyrotation.io/${name} .*takes the verb ${name} on apikeyrotations.apikeyrotation.io in namespace ${NAMESPACE}; ` +
      `ClusterRole apikeyrotation-requests grants it.* --user=${EDITOR}$`,
  );
  const shapes: Record<string, (user: string) => Promise<Answer>> = {
    'at creation': (user) => send(user, 'POST', ROTATIONS, manifest({ [`apikeyrotation.io/${name}`]: 'x' })),
    'at creation, empty': (user) => send(user, 'POST', ROTATIONS, manifest({ [`apikeyrotation.io/${name}`]: '' })),
    'on a rotation without annotations': async (user) =>
      send(user, 'PATCH', await rotationWith(), annotated(name, 'x')),
    'beside another one': async (user) => send(user, 'PATCH', await rotationWith('rotate'), annotated(name, 'x')),
    'with another value': async (user) => send(user, 'PATCH', await rotationWith(name), annotated(name, 'x')),
    'in a replaced object': async (user) => {
      const path = await rotationWith();
      const { body } = await plane.request('GET', path);
      const { metadata, ...rest } = body as { metadata: object };
      return send(user, 'PUT', path, { ...rest, metadata: { ...metadata, ...annotated(name, 'x').metadata } });
    },
  };

  it.each(Object.entries(shapes))('%s takes its verb', async (_shape, ask) => {
    onTestFailed(() => console.error(plane.folder));
    expect(shown(await ask(EDITOR))).toMatch(refused);
    expect(shown(await ask(ON_CALL))).toMatch(/^20[01] /);
  });

  it('takes nothing to remove, and nothing to leave as it is', async () => {
    const path = await rotationWith(name);
    expect(shown(await send(EDITOR, 'PATCH', path, { spec: { suspend: true } }))).toMatch(/^200 /);
    expect(shown(await send(EDITOR, 'PATCH', path, annotated(name, null)))).toMatch(/^200 /);
    expect(shown(await send(EDITOR, 'DELETE', path))).toMatch(/^200 /);
  });

  it('does not hinder the operator, and cannot come in through status', async () => {
    const path = await rotationWith(name);
    const finalizers = { metadata: { finalizers: ['apikeyrotation.io/keys'] } };
    expect(shown(await sendAsOperator('PATCH', path, finalizers))).toMatch(/^200 /);
    const { body } = await plane.request('GET', path);
    const { metadata, ...rest } = body as { metadata: { annotations: object } };
    const annotations = { ...metadata.annotations, [`apikeyrotation.io/${name}`]: 'smuggled' };
    const written = { ...rest, metadata: { ...metadata, annotations }, status: { protocol: 1 } };
    const answer = await sendAsOperator('PUT', `${path}/status`, written);
    expect(shown(answer)).toMatch(/^200 /);
    expect(answer.body).toMatchObject({ metadata: { annotations: { [`apikeyrotation.io/${name}`]: 'before' } } });
    expect(answer.body).toMatchObject({ status: { protocol: 1 } });
    const patch = { ...annotated(name, 'smuggled'), status: { protocol: 1 } };
    expect((await send(EDITOR, 'PATCH', `${path}/status`, patch)).body).toMatchObject({
      metadata: { annotations: { [`apikeyrotation.io/${name}`]: 'before' } },
    });
  });
});

it('rotate, its reason and annotations of others take no verb', async () => {
  const path = await rotationWith();
  for (const name of ['rotate', 'rotate-reason']) {
    expect(shown(await send(EDITOR, 'PATCH', path, annotated(name, 'x')))).toMatch(/^200 /);
  }
  const others = { metadata: { annotations: { 'example.org/emergency': 'x' } } };
  expect(shown(await send(EDITOR, 'PATCH', path, others))).toMatch(/^200 /);
  expect(shown(await send(EDITOR, 'POST', ROTATIONS, manifest({ 'apikeyrotation.io/rotate': 'x' })))).toMatch(/^201 /);
});

it('kubectl tells who may ask for what, as docs/requests.md says', () => {
  const config = join(plane.folder, 'kubeconfig');
  writeFileSync(config, plane.kubeconfig(), { mode: 0o600 });
  const command = documentedText('docs/requests.md “Who may ask” sh 2').trim();
  const ask = (verb: string, who: string) => {
    const as = [`--as=${who}`, ...(GROUPS[who] ? [`--as-group=${GROUPS[who]}`] : [])].join(' ');
    const words = command.replace('emergency', verb).replace('--as=alice', as).split(' ').slice(1);
    const { stdout } = spawnSync(programPath('kubectl'), ['--kubeconfig', config, ...words], { encoding: 'utf8' });
    return stdout.trim();
  };
  expect(GUARDED.map((verb) => [ask(verb, EDITOR), ask(verb, ON_CALL)])).toEqual(GUARDED.map(() => ['no', 'yes']));
});

it('a verb that is granted for one rotation by name counts for that one only', async () => {
  const [mine, other] = [await rotationWith(), await rotationWith()];
  const name = mine.split('/').at(-1);
  await cluster.apply(`
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: one, namespace: ${NAMESPACE}}
rules: [{apiGroups: [apikeyrotation.io], resources: [apikeyrotations], resourceNames: [${name}], verbs: [rollback]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: one, namespace: ${NAMESPACE}}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: one}
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: ${EDITOR}}]
`);
  const dry = (path: string) => send(EDITOR, 'PATCH', `${path}?dryRun=All`, annotated('rollback', 'x'));
  await until(async () => (await dry(mine)).status === 200, { what: 'the Role to count', timeoutMs: 10_000 });
  expect((await dry(other)).status).toBe(403);
});
