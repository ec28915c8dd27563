import { beforeAll, expect, test } from 'vitest';
import { supportRole } from '../../integration/documented-roles.ts';
import { closeAfterAll } from '../components/close-after-all.ts';
import { issuedKeys, liveKeys } from '../world/issued-keys.ts';
import { deploymentOf } from '../world/job.ts';
import { typeAs } from '../world/person.ts';
import { rotationManifest } from '../world/rotation-manifest.ts';
import { openScene, type Scene } from '../world/scene.ts';
import { createTenant, type Rotation, type Tenant } from '../world/tenant.ts';
import { admitReaders } from '../world/vault-access.ts';

const NAMESPACE = 'asked';
/** As docs/issuers-support.md names the rotation and the issuer. */
const [ROTATION, ISSUER] = ['apio', 'support'];
const SUPPORTER = 'sam';

/** Who gives keys and confirms revocations may no more than that page says. */
const SUPPORTERS = `
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: supporters, namespace: ${NAMESPACE}}
rules:
- {apiGroups: [""], resources: [secrets], verbs: [create, delete]}
- {apiGroups: [apikeyrotation.io], resources: [apikeyrotations], verbs: [get, patch]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: supporters, namespace: ${NAMESPACE}}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: supporters}
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: ${SUPPORTER}}]
`;

let scene: Scene;
let tenant: Tenant;
beforeAll(async () => {
  // The sandbox, which is the vendor here, is at a private address.
  scene = await openScene({ operator: () => ({ flags: ['--http-issuer-networks', '127.0.0.0/8'] }) });
});
closeAfterAll(() => scene);

const live = () => liveKeys(scene.world.apio, NAMESPACE).map(({ id }) => id);

/** The issuer, which looks by itself whether a key works, or does not. */
function issuer({ probes }: { probes: boolean }): string {
  const probe = { url: scene.world.apioServer.url.Live, path: '/v1/api-keys/self' };
  const environments = [{ name: 'Live', ...(probes && { probe }) }];
  const spec = { type: 'Support', support: { environments, expectedWithin: '1h' } };
  const metadata = { name: ISSUER, namespace: NAMESPACE };
  return JSON.stringify({ apiVersion: 'apikeyrotation.io/v1alpha1', kind: 'ApiKeyIssuer', metadata, spec });
}

/** Resolves with the message of the condition Rotating when this is its reason. */
async function asked(wanted: string): Promise<string> {
  const rotating = ({ status }: Rotation) => status?.conditions?.find(({ type }) => type === 'Rotating');
  const isAsked = (rotation: Rotation) => rotating(rotation)?.reason === wanted;
  return rotating(await tenant.until(ROTATION, wanted, isAsked))?.message ?? '';
}

/** Support makes the key that is asked for, and types the command of the request. */
async function give(): Promise<string> {
  const { apio } = scene.world;
  const message = await asked('KeyRequested');
  const manager = apio.keys.find((key) => key.manager && key.organization === NAMESPACE);
  if (!manager) throw new Error('the tenant has somebody who issues keys');
  const request = { organization: NAMESPACE, environment: 'Live', permissions: ['payments:read'], label: undefined };
  const { id, text } = apio.issue(manager, request, undefined).key;
  const [command = ''] = /kubectl .*?--from-file=key=\/dev\/stdin/.exec(message) ?? [];
  const said = await typeAs(scene.world, SUPPORTER, command.replace('keyID=ID', `keyID=${id}`), `${text}\n`);
  expect(said).toBe(`secret/${ROTATION}-delivered-key created\n`);
  return id;
}

interface Entry {
  readonly verb: string;
  readonly objectRef?: { readonly resource: string; readonly namespace?: string; readonly name?: string };
}

/** What the operator did with Secrets of the namespace, by the API server's own record. */
async function secretCalls(): Promise<readonly string[]> {
  const lines = (await scene.world.auditLog()).split('\n').filter((line) => line.endsWith('}'));
  const calls = lines
    .map((line) => JSON.parse(line) as Entry)
    .filter(({ objectRef }) => objectRef?.resource === 'secrets' && objectRef.namespace === NAMESPACE)
    .map(({ verb, objectRef }) => `${verb} ${objectRef?.name ?? ''}`.trim());
  return [...new Set(calls)].sort();
}

test('people issue and revoke the keys by the commands that they are given, and the operator needs the Role of the page and no more', async () => {
  const { world } = scene;
  tenant = await createTenant(world, NAMESPACE, { accounts: ['app'] });
  await admitReaders(world.vault, NAMESPACE);
  await world.cluster.apply(`${supportRole(NAMESPACE)}---${SUPPORTERS}`);
  await world.cluster.apply(issuer({ probes: true }));
  const manifest = JSON.parse(rotationManifest({ namespace: NAMESPACE, name: ROTATION }));
  await world.cluster.apply(JSON.stringify({ ...manifest, spec: { ...manifest.spec, issuerRef: { name: ISSUER } } }));
  const first = await give();
  await tenant.settled(ROTATION, 1);
  const from = { type: 'Vault', path: ROTATION } as const;
  const job = { rotation: ROTATION, consumer: 'app', from, callsPerSecond: 5 };
  await world.cluster.apply(deploymentOf(NAMESPACE, job, 2));

  // From now on nothing tells which keys work: whoever revokes one has to say so.
  await world.cluster.apply(issuer({ probes: false }));
  await tenant.rotate(ROTATION, 'two');
  const second = await give();
  const [confirm = ''] = /kubectl .*?(?= \(asked for)/.exec(await asked('RevocationRequested')) ?? [];
  expect(live()).toEqual([first, second]);
  world.apio.revokeOutside(first);
  expect(await typeAs(world, SUPPORTER, confirm)).toMatch(/annotated\n$/);
  await tenant.settled(ROTATION, 2);

  expect(issuedKeys(world.apio, NAMESPACE).map(({ id }) => id)).toEqual([first, second]);
  expect(live()).toEqual([second]);
  expect(await scene.judge(NAMESPACE)).toEqual([]);
  // The credential that the tenant has anyway, and everything that the Role grants.
  expect(await secretCalls()).toEqual([
    'create support-support-register',
    'delete apio-delivered-key',
    'get apio',
    'get apio-delivered-key',
    'get support-support-register',
    'update support-support-register',
  ]);
}, 300_000);
