import { afterAll, beforeAll, expect, test } from 'vitest';
import type { JsonObject } from '../../sandbox/kube/engine/json.ts';
import { MOUNT, NAMESPACE, type OperatorWorld, PATH, ROTATION, startOperatorWorld } from './operator-world.ts';

let world: OperatorWorld;

beforeAll(async () => {
  world = await startOperatorWorld();
});
afterAll(() => world.close());

const TWO_TARGETS = `
apiVersion: v1
kind: Secret
metadata: {name: apio-key, namespace: ${NAMESPACE}, labels: {team: payments}}
stringData: {OTHER: "stays as it is"}
---
apiVersion: apikeyrotation.io/v1alpha1
kind: ApiKeyRotation
metadata: {name: apio, namespace: ${NAMESPACE}}
spec:
  issuerRef: {name: apio}
  key: {environment: Live, permissions: ["payments:read"]}
  targets:
  - {name: vault, storeRef: {name: vault}, path: ${PATH}}
  - {name: secret, storeRef: {name: secrets}, path: apio-key, fieldsPolicy: Merge, fields: {API_KEY: key, KEY_ID: keyID}}
  withoutEvidence: {overlap: 1s}
`;

function secretData(): Record<string, string> {
  const { data = {} } = world.kube.get({
    resource: 'secrets',
    namespace: NAMESPACE,
    name: 'apio-key',
  }) as JsonObject & { data?: JsonObject };
  return Object.fromEntries(
    Object.entries(data).map(([field, text]) => [field, Buffer.from(String(text), 'base64').toString()]),
  );
}

test('one key goes to Vault and, beside foreign fields, into a Kubernetes Secret; after the overlap the old key dies', async () => {
  world.apply(TWO_TARGETS);
  const first = await world.until('the first key', ({ status }) => status?.current !== undefined && !status.rotation);
  world.kube.patch(ROTATION, {
    type: 'merge',
    body: { metadata: { annotations: { 'apikeyrotation.io/rotate': 'one' } } },
  });
  const second = await world.until('the second key', ({ status }) => status?.revision === 2 && !status.rotation);

  const [oldID, newID] = [first.status?.current?.keyID, second.status?.current?.keyID];
  const key = world.apio.keys.find(({ id }) => id === newID);
  expect(secretData()).toEqual({ OTHER: 'stays as it is', API_KEY: key?.text, KEY_ID: newID });
  expect(world.vault.serving(MOUNT, PATH)).toMatchObject({ key: key?.text, keyID: newID });
  const secret = world.kube.get({ resource: 'secrets', namespace: NAMESPACE, name: 'apio-key' });
  expect(secret.metadata.labels).toEqual({ team: 'payments' });
  expect(secret.metadata.ownerReferences).toBeUndefined();
  expect(
    world.apio.keys.filter(({ label }) => label).map(({ id, revokedAt }) => [id, revokedAt !== undefined]),
  ).toEqual([
    [oldID, true],
    [newID, false],
  ]);
  expect(second.status?.history?.[0]).toMatchObject({
    basis: 'WithoutEvidence',
    result: 'Revoked',
    revokedKeyID: oldID,
  });
});

test('deleting the object with the default policy keeps the key alive and the values in place', async () => {
  const before = world.rotation()?.status?.current?.keyID;
  world.kube.delete(ROTATION);
  await new Promise<void>((resolve) => {
    const cancel = world.kube.watch({ resource: ROTATION.resource, namespace: NAMESPACE }, {}, ({ type }) => {
      if (type !== 'DELETED') return;
      queueMicrotask(() => cancel());
      resolve();
    });
    if (!world.rotation()) resolve();
  });
  const live = world.apio.keys.filter(({ label, revokedAt }) => label && revokedAt === undefined);
  expect(live.map(({ id }) => id)).toEqual([before]);
  expect(secretData().KEY_ID).toBe(before);
});
