import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { watches } from '../components/api-proxy.ts';
import { closeAfterAll } from '../components/close-after-all.ts';
import { until } from '../components/until.ts';
import { openProxiedScene, type ProxiedScene } from '../world/proxied-scene.ts';
import { ROTATION, startService } from '../world/service.ts';
import { revokeTokens } from '../world/vault-access.ts';

let scene: ProxiedScene;

beforeAll(async () => {
  scene = await openProxiedScene();
});
closeAfterAll(() => scene);

/** Vitest ends a test that takes too long: the next one must find all as usual. */
afterEach(async () => {
  scene.proxy.pass();
  scene.world.apioServer.faults.clear();
  await scene.world.vault.unseal();
});

const restarts = (reason: string) => scene.operator.metric('apikeyrotation_watch_restarts_total', `reason="${reason}"`);

/** Resolves when the operator's watches were made anew for this reason more often than before. */
async function untilRestarted(reason: string, before: number): Promise<void> {
  await until(async () => (await restarts(reason)) > before, { what: `restarts: ${reason}`, timeoutMs: 60_000 });
}

test('the API server is killed while a key is issued, and again while consumers are waited for', async () => {
  const { world } = scene;
  const service = await startService(scene, 'restarts');
  world.apioServer.faults.delay('issue', 1_000);
  const release = scene.crew.hold({ namespace: 'restarts' });
  await service.tenant.rotate(ROTATION, 'two');
  await service.tenant.until(ROTATION, 'an intent', ({ status }) => status?.revision === 2 && !status.rotation?.newKey);
  await scene.restartApiServer();
  world.apioServer.faults.clear();
  await service.waiting();
  await scene.restartApiServer();
  release();
  await service.tenant.settled(ROTATION, 2);
  expect(service.liveKeys()).toHaveLength(1);
  expect(await scene.judge('restarts')).toEqual([]);
});

test('etcd forgets the past while consumers are waited for, so that watches meet 410', async () => {
  const { world } = scene;
  const service = await startService(scene, 'compacted');
  const { release } = await service.rotateUntilWaiting('two');
  const before = await restarts('Expired');
  // The operator learns of nothing until all is over: whatever it saw last is history by then.
  scene.proxy.freezeOpen(watches);
  await world.cluster.apply('{apiVersion: v1, kind: ConfigMap, metadata: {name: later, namespace: compacted}}');
  await world.plane.etcd.compact();
  await scene.restartApiServer();
  scene.proxy.cut(watches);
  await untilRestarted('Expired', before);
  release();
  await service.tenant.settled(ROTATION, 2);
  expect(await scene.judge('compacted')).toEqual([]);
});

test('watches are cut again and again while a rotation runs', async () => {
  const service = await startService(scene, 'cut');
  const before = await restarts('Failed');
  const release = scene.crew.hold({ namespace: 'cut' });
  await service.tenant.rotate(ROTATION, 'two');
  scene.proxy.cut(watches);
  await service.waiting();
  scene.proxy.cut(watches);
  await untilRestarted('Failed', before);
  release();
  scene.proxy.cut(watches);
  await service.tenant.settled(ROTATION, 2);
  expect(await scene.judge('cut')).toEqual([]);
});

test('Vault is sealed when a key is to be published, and again when it is to be taken up', async () => {
  const { vault } = scene.world;
  const service = await startService(scene, 'sealed');
  const release = scene.crew.hold({ namespace: 'sealed' });
  const { faults } = scene.world.apioServer;
  faults.delay('issue', 2_000);
  await service.tenant.rotate(ROTATION, 'two');
  await service.tenant.until(ROTATION, 'an intent', ({ status }) => status?.revision === 2);
  await vault.seal();
  faults.clear();
  await service.tenant.until(ROTATION, 'the outage to be named', ({ status }) => {
    const rotating = status?.conditions?.find(({ type }) => type === 'Rotating');
    return rotating?.reason === 'VaultSealed';
  });
  await vault.unseal();
  await service.waiting();
  await vault.seal();
  release();
  expect(service.liveKeys()).toHaveLength(2);
  await vault.unseal();
  await service.tenant.settled(ROTATION, 2, 120_000);
  expect(service.liveKeys()).toHaveLength(1);
  expect(await scene.judge('sealed')).toEqual([]);
});

test("the operator's Vault token is revoked while consumers are waited for: it logs in again", async () => {
  const { vault } = scene.world;
  const service = await startService(scene, 'token-revoked');
  const { release } = await service.rotateUntilWaiting('two');
  expect(await revokeTokens(vault, 'token-revoked')).toBe(1);
  release();
  await service.tenant.settled(ROTATION, 2);
  await service.rotate('three');
  expect(await revokeTokens(vault, 'token-revoked')).toBe(1);
  expect(await scene.judge('token-revoked')).toEqual([]);
});

test('the CRDs are upgraded while consumers are waited for, and go back in the next rotation', async () => {
  const { cluster } = scene.world;
  const service = await startService(scene, 'upgraded');
  const text = await readFile(join(import.meta.dirname, '../../../crds/apikeyrotations.yaml'), 'utf8');
  const { release } = await service.rotateUntilWaiting('two');
  await cluster.apply(JSON.stringify(upgraded(parse(text))));
  const path = service.tenant.path(ROTATION);
  const takesField = async () => {
    await cluster.patch(path, { spec: { note: 'of a later version' } });
    return JSON.stringify(await service.tenant.rotation(ROTATION)).includes('of a later version');
  };
  await until(takesField, { what: 'the added field to be kept', timeoutMs: 20_000 });
  release();
  await service.tenant.settled(ROTATION, 2);
  expect(JSON.stringify(await service.tenant.rotation(ROTATION))).toContain('of a later version');

  const third = await service.rotateUntilWaiting('three');
  await cluster.apply(text);
  third.release();
  await service.tenant.settled(ROTATION, 3);
  expect(await scene.judge('upgraded')).toEqual([]);
});

interface Definition {
  readonly spec: {
    readonly versions: readonly {
      readonly schema: { readonly openAPIV3Schema: { description: string; properties: { spec: SpecSchema } } };
    }[];
  };
}

interface SpecSchema {
  readonly properties: Record<string, object>;
}

/** Another description, and one more optional field. */
function upgraded(definition: Definition): Definition {
  for (const { schema } of definition.spec.versions) {
    schema.openAPIV3Schema.description = 'Says more than before.';
    schema.openAPIV3Schema.properties.spec.properties.note = { type: 'string', maxLength: 64 };
  }
  return definition;
}
