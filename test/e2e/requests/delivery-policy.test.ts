import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { documentedText } from '../../integration/documents/block.ts';
import { until } from '../components/until.ts';
import { rotationManifest } from '../world/rotation-manifest.ts';
import { type PolicedPlane, shown, startPolicedPlane } from './policed-plane.ts';

const NAMESPACE = 'payments';
const SECRETS = `/api/v1/namespaces/${NAMESPACE}/secrets`;
const ROTATIONS = `/apis/apikeyrotation.io/v1alpha1/namespaces/${NAMESPACE}/apikeyrotations`;
/** Gives keys. */
const SAM = 'sam';
const REFUSED = new RegExp(
  `^403 .*ApiKeyRotation ${NAMESPACE}/apio has not asked for a key, or has taken one already: have this one revoked where it was issued, and give another when its STATUS is KeyRequested: kubectl -n ${NAMESPACE} get akr apio$`,
);

const PEOPLE = `
apiVersion: v1
kind: Namespace
metadata: {name: ${NAMESPACE}}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: support, namespace: ${NAMESPACE}}
rules: [{apiGroups: [""], resources: [secrets], verbs: [create, update, patch, delete]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: support, namespace: ${NAMESPACE}}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: support}
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: ${SAM}}]
`;

const PLAN = {
  issuer: { kind: 'ApiKeyIssuer', name: 'desk', uid: 'u', origin: 'support:Live' },
  key: { environment: 'Live', permissions: [] },
  targets: [],
};

let plane: PolicedPlane['plane'];
let send: PolicedPlane['send'];

const secret = (name: string, data = { key: btoa('the text of a key'), keyID: btoa('key_1') }) => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name },
  data,
});
const give = (name: string) => send(SAM, 'POST', SECRETS, secret(name));

const SINCE = '2026-01-01T00:00:00Z';

/** What the rotation asks people for, as the operator writes it; undefined: to revoke the old key. */
const ask = (secretName: string | undefined) => {
  const request = secretName === undefined ? { text: 'Please revoke' } : { text: 'Please issue', secretName };
  return run({ request: { ...request, since: SINCE } });
};

/** A rotation that is so far. */
async function run(state: object): Promise<void> {
  const { body } = await plane.request('GET', `${ROTATIONS}/apio`);
  const rotation = {
    attemptID: 'i/u/1.1',
    attemptAt: SINCE,
    startedAt: SINCE,
    claim: 'c',
    trigger: 'FirstIssue',
    plan: PLAN,
    ...state,
  };
  const status = { protocol: 1, revision: 1, attempt: 1, rotation };
  const answer = await plane.request('PUT', `${ROTATIONS}/apio/status`, { ...(body as object), status });
  expect(shown(answer)).toMatch(/^200 /);
}

/** The API server hears of what stands in a status a moment after it was written. */
const untilGiven = (status: number) =>
  until(
    async () => (await send(SAM, 'POST', `${SECRETS}?dryRun=All`, secret('apio-delivered-key'))).status === status,
    {
      what: `the policy to answer ${status}`,
      timeoutMs: 30_000,
    },
  );

beforeAll(async () => {
  ({ plane, send } = await startPolicedPlane(NAMESPACE, {
    people: PEOPLE,
    commands: documentedText('docs/issuers-support.md “Give a key” sh 3'),
    secretTargets: true,
  }));
  const isServed = async () => (await plane.request('GET', ROTATIONS)).status === 200;
  await until(isServed, { what: 'rotations to be served', timeoutMs: 30_000 });
  for (const name of ['apio', 'other']) {
    const made = await plane.request('POST', ROTATIONS, JSON.parse(rotationManifest({ namespace: NAMESPACE, name })));
    expect(shown(made)).toMatch(/^201 /);
  }
  await untilGiven(403);
});
afterAll(() => plane?.stop());

describe('a key that is given', () => {
  it('before anybody has asked is refused with what to do', async () => {
    expect(shown(await give('apio-delivered-key'))).toMatch(REFUSED);
  });

  it('when it is asked for is taken, and refused when it is changed after that; whoever gave it may remove it', async () => {
    await ask('apio-delivered-key');
    await untilGiven(201);
    expect(shown(await give('apio-delivered-key'))).toMatch(/^201 /);
    await ask(undefined);
    const path = `${SECRETS}/apio-delivered-key`;
    const changed = { data: { key: btoa('the text of another key') } };
    await until(async () => (await send(SAM, 'PATCH', `${path}?dryRun=All`, changed)).status === 403, {
      what: 'the end of the request to be known',
      timeoutMs: 30_000,
    });
    expect(shown(await send(SAM, 'PATCH', path, changed))).toMatch(REFUSED);
    expect(shown(await send(SAM, 'PATCH', path, { metadata: { labels: { seen: 'yes' } } }))).toMatch(/^200 /);
    expect(shown(await send(SAM, 'DELETE', path))).toMatch(/^200 /);
    expect(shown(await give('apio-delivered-key'))).toMatch(REFUSED);
  });

  it('by who heard of the request before status holds it is taken, and refused once the key is published', async () => {
    await run({});
    await untilGiven(201);
    await run({ publishedAt: SINCE });
    await untilGiven(403);
    await run({ rollbackOf: 1 });
    await run({ inPlace: { keyID: 'key_1', add: ['a'], reason: 'r' } });
    expect(shown(await give('apio-delivered-key'))).toMatch(REFUSED);
  });

  it.each(['nobody-delivered-key', 'apio-delivered-keys', 'delivered-key'])(
    'under the name %s is no affair of any rotation',
    async (name) => {
      expect(shown(await give(name))).toMatch(/^201 /);
    },
  );
});
