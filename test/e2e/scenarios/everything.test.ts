import { beforeAll, expect, test } from 'vitest';
import type { LedgerEntry } from '../../../sandbox/apio/engine/types.ts';
import { byChart, deployedArguments } from '../../chart/by-chart.ts';
import { declaredApio } from '../../doubles/declared-apio.ts';
import { type ApiProxy, startApiProxy } from '../components/api-proxy.ts';
import { closeAfterAll } from '../components/close-after-all.ts';
import { until } from '../components/until.ts';
import { approve, told } from '../world/approver.ts';
import {
  ACCOUNTS,
  type ConsumerName,
  FIVE_CONSUMERS,
  type FiveConsumers,
  startFiveConsumers,
} from '../world/five-consumers.ts';
import { type FourPlaces, fourPlaces, PLACE_REGIONS, PLACES } from '../world/four-places.ts';
import { issuedKeys, liveKeys } from '../world/issued-keys.ts';
import { openRegions, type Regions } from '../world/regions.ts';
import { rotationManifest } from '../world/rotation-manifest.ts';
import { openScene, type Scene } from '../world/scene.ts';
import { createTenant, type Rotation, type Tenant } from '../world/tenant.ts';

const NAMESPACE = 'everything';
const ROTATION = 'key';
const PATIENCE_MS = 180_000;
const QUIET_MS = 60_000;
/** Nobody stands by, so that no lease is waited for, and what a dead process has begun is taken up at once. */
const FLAGS = ['--leader-elect=false', '--take-over-after', '1s', '--sweep-delay', '1s'];

/** Of the chart, which gives the operator everything else. */
const RIGHTS = { rbac: { logins: ['vault-writer'], secretTargets: true, restart: true } };

type Status = NonNullable<Rotation['status']>;

let scene: Scene;
let regions: Regions<(typeof PLACE_REGIONS)[number]>;
/** Between the operator and the vendor, and between the operator and Vault; consumers go past them. */
let vendor: ApiProxy;
let vault: ApiProxy;
let tenant: Tenant;
let places: FourPlaces;
let consumers: FiveConsumers;
let onEntry = (_entry: LedgerEntry) => {};

beforeAll(async () => {
  regions = await openRegions(PLACE_REGIONS);
  scene = await openScene({
    world: { installation: byChart(RIGHTS), onEntry: (entry) => onEntry(entry) },
    operator: async ({ plane }) => ({
      flags: [
        ...(await deployedArguments(plane)),
        ...FLAGS,
        ...['--aws-endpoint', regions.url, '--http-issuer-networks', '127.0.0.0/8'],
      ],
    }),
  });
  vendor = await startApiProxy({ url: scene.world.apioServer.url.Live });
  vault = await startApiProxy(scene.world.vault);
});
closeAfterAll(
  () => consumers,
  () => scene,
  () => regions,
  () => vendor,
  () => vault,
);

/** Resolves with the status as soon as this holds. */
async function when(what: string, wanted: (status: Status) => boolean): Promise<Status> {
  const isSo = ({ status }: Rotation) => status !== undefined && wanted(status);
  const { status = {} } = await tenant.until(ROTATION, what, isSo, PATIENCE_MS);
  return status;
}
const reasonOf = ({ conditions }: Status) => conditions?.find(({ type }) => type === 'Rotating')?.reason;
const keys = () => issuedKeys(scene.world.apio, NAMESPACE);
const live = () => liveKeys(scene.world.apio, NAMESPACE).map(({ id }) => id);

/** Something happens within the vendor's next issue call, before anything of it is answered. */
function atNextIssue(strike: () => void): void {
  onEntry = ({ type }) => {
    if (type !== 'issued') return;
    onEntry = () => {};
    strike();
  };
}

/** The sandbox's API, as somebody declares a vendor that has no adapter; it tells at once that a key was used. */
function vendorManifest(): string {
  const { capabilities, ...declaration } = declaredApio(vendor.url);
  const http = { ...declaration, capabilities: { ...capabilities, usageResolution: '1s' } };
  const metadata = { name: 'vendor', namespace: NAMESPACE };
  const spec = { type: 'HTTP', http };
  return JSON.stringify({ apiVersion: 'apikeyrotation.io/v1alpha1', kind: 'ApiKeyIssuer', metadata, spec });
}

/** The first key goes to its places, and all who use it call with it. */
async function begin(): Promise<void> {
  const { world } = scene;
  const rights = { accounts: ACCOUNTS, secretTargets: true, rollouts: true };
  tenant = await createTenant(world, NAMESPACE, { ...rights, vaultURL: vault.url });
  places = await fourPlaces(world, tenant, regions);
  await world.cluster.apply(vendorManifest());
  const manifest = JSON.parse(rotationManifest({ namespace: NAMESPACE, name: ROTATION }));
  const changes = { issuerRef: { name: 'vendor' }, targets: places.targets, consumers: FIVE_CONSUMERS };
  await world.cluster.apply(JSON.stringify({ ...manifest, spec: { ...manifest.spec, ...changes } }));
  await tenant.settled(ROTATION, 1);
  consumers = await startFiveConsumers(scene, tenant, { places, rotation: ROTATION });
}

/** The vendor makes a key, and from that call on answers nothing: the key lives, and nobody knows its text. */
async function vendorGoesAway(): Promise<void> {
  vendor.loseAnswers(({ method, path }) => method === 'POST' && path === '/v1/api-keys', 1);
  atNextIssue(() => vendor.answer({ status: 503 }));
  await tenant.rotate(ROTATION, 'two');
  await when('the vendor to be missed', (status) => reasonOf(status) === 'ServiceUnavailable' && vendor.struck() >= 4);
}

/** The vendor is back, and in the moment in which it makes a key Vault goes: the key gets to the places before it, and is used. */
async function vaultGoesAway(): Promise<void> {
  atNextIssue(() => {
    vault.drop();
    vault.cut();
  });
  vendor.pass();
  const { rotation } = await when('Vault to be missed', (status) => reasonOf(status) === 'ConnectionLost');
  expect(vault.struck()).toBeGreaterThan(0);
  expect(rotation?.targets?.map(({ name, state }) => `${name} ${state}`)).toEqual([
    'eu-north-1 Published',
    'secret Published',
    'vault Pending',
    'eu-west-1 Pending',
  ]);
  const isUsed = () => (keys().at(-1)?.uses.count ?? 0) > 0;
  await until(isUsed, { what: 'the mainframe to use a key that is not in all places', timeoutMs: 30_000 });
}

/** It dies without notice, and is started again. */
async function operatorDies(meanwhile: () => void = () => {}): Promise<void> {
  const { operator } = scene;
  const { pid = 0 } = operator.present();
  await operator.kill();
  expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  meanwhile();
  await operator.start();
}

/** Which key each place gives out, beside which id and under whose marker. */
async function served(): Promise<readonly string[]> {
  return Promise.all(
    PLACES.map(async (place) => {
      const { fields, marker } = await places.read(place);
      const key = keys().find(({ text }) => text === fields.API_KEY);
      return `${place}: ${key?.id} as ${fields.API_KEY_ID}, marker ${marker?.revision} ${marker?.keyID}`;
    }),
  );
}

/** A consumer's evidence is there: they who have given theirs are no others than before and this one, and both keys live. */
async function moves(consumer: ConsumerName): Promise<void> {
  const stateOf = ({ rotation }: Status, state: string) =>
    rotation?.consumers?.filter((one) => one.state === state).map(({ name }) => name) ?? [];
  const status = await when(`evidence of ${consumer}`, (now) => stateOf(now, 'Migrated').includes(consumer));
  const names = FIVE_CONSUMERS.map(({ name }) => name);
  const count = names.indexOf(consumer) + 1;
  expect(stateOf(status, 'Migrated')).toEqual(names.slice(0, count));
  expect(stateOf(status, 'Pending')).toEqual(names.slice(count));
  expect(status.rotation?.revokeIntent).toBeUndefined();
  expect(live()).toHaveLength(2);
}

/** What happened to the keys of the namespace, in order. */
function history(): readonly string[] {
  const ours = keys().map(({ id }) => id);
  const entries = scene.world.apio.ledger.filter(({ keyID }) => ours.includes(keyID));
  return entries.map(({ type, keyID }) => `${type} ${keyID}`);
}

test('one key goes to Vault, a Secret and two regions, past an outage of the vendor, one of Vault and a kill, and the old one lives until consumers with evidence of all five kinds have moved', async () => {
  await begin();
  const [first = ''] = live();

  await vendorGoesAway();
  const [, orphan = ''] = live();
  await vaultGoesAway();
  const fresh = keys().at(-1)?.id ?? '';
  const [before, after] = [`${first} as ${first}, marker 2 ${first}`, `${fresh} as ${fresh}, marker 2 ${fresh}`];
  expect(await served()).toEqual([
    `eu-north-1: ${after}`,
    `secret: ${after}`,
    `vault: ${before}`,
    `eu-west-1: ${before}`,
  ]);

  // Two of four places give out the key that it takes along.
  await operatorDies(vault.pass);
  const { consumersSummary } = await when(
    'the key in all places',
    ({ rotation }) => rotation?.publishedAt !== undefined,
  );
  expect(consumersSummary).toBe('0/5');
  const everywhere = PLACES.map((place) => `${place}: ${after}`);
  expect(await served()).toEqual(everywhere);

  for (const consumer of ['api', 'partner', 'web'] as const) {
    await consumers.release(consumer);
    await moves(consumer);
  }
  // What was given does not go with the process that took it.
  await operatorDies();
  await moves('mainframe');
  const lastUse = keys()[0]?.uses.lastAt ?? Number.NaN;
  expect(Date.now() - lastUse).toBeGreaterThanOrEqual(QUIET_MS);
  const asked = await when('the command that approves', (status) => told(status, 'board').includes('\nkubectl'));
  expect(live()).toEqual([first, fresh]);
  expect(await approve(scene.world, asked, 'board')).toMatch(/created\n$/);

  await tenant.settled(ROTATION, 2);
  expect(await served()).toEqual(everywhere);
  expect(history()).toEqual([
    `issued ${first}`,
    `issued ${orphan}`,
    `revoked ${orphan}`,
    `issued ${fresh}`,
    `revoked ${first}`,
  ]);
  const outside = consumers.outside.map(({ name, user }) => ({ name, ...user.tally() }));
  console.log(
    `${outside.map(({ name, calls, failed }) => `${name}: ${calls} calls, ${failed} failed`).join('; ')}; ${vendor.struck()} calls met the outage of the vendor, ${vault.struck()} that of Vault`,
  );
  expect(outside.map(({ failures }) => failures)).toEqual([{}, {}]);
  for (const { calls } of outside) expect(calls).toBeGreaterThan(QUIET_MS / 1_000);
  const log = { channel: 'log of the consumers outside', text: consumers.lines().join('\n') };
  expect(await scene.judge(NAMESPACE, { seen: [log] })).toEqual([]);
}, 600_000);
