import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ControlPlane, startControlPlane } from '../components/control-plane.ts';
import { until } from '../components/until.ts';
import { createCluster } from '../world/cluster.ts';
import { rotationManifest } from '../world/rotation-manifest.ts';

const CRDS = join(import.meta.dirname, '../../../crds');
const ROTATIONS = '/apis/apikeyrotation.io/v1alpha1/namespaces/default/apikeyrotations';
const PATH = `${ROTATIONS}/pay`;
const manifest = JSON.parse(rotationManifest({ namespace: 'default', name: 'pay' }));

interface Applied {
  readonly metadata: { readonly generation: number; readonly resourceVersion: string };
  readonly spec: object;
  readonly status: object;
}

let plane: ControlPlane;

beforeAll(async () => {
  plane = await startControlPlane();
  const cluster = createCluster(plane);
  for (const file of readdirSync(CRDS)) await cluster.apply(readFileSync(join(CRDS, file), 'utf8'));
  const isServed = async () => (await plane.request('GET', ROTATIONS)).status === 200;
  await until(isServed, { what: 'rotations to be served', timeoutMs: 30_000 });
});
afterAll(() => plane?.stop());

/** Server-side apply, as Flux does it. */
async function apply(): Promise<Applied> {
  const options = { contentType: 'application/apply-patch+yaml' };
  const { status, body } = await plane.request('PATCH', `${PATH}?fieldManager=gitops&force=true`, manifest, options);
  expect([200, 201]).toContain(status);
  return body as Applied;
}

test('an object that nobody has looked at says so, and applying it again is no new generation', async () => {
  const first = await apply();
  expect(first).toMatchObject({ metadata: { generation: 1 }, spec: manifest.spec, status: { observedGeneration: -1 } });
  expect(await apply()).toMatchObject({ metadata: { generation: 1 }, spec: manifest.spec });
});

test('applying it again after the operator wrote its status changes nothing at all', async () => {
  const options = { contentType: 'application/merge-patch+json' };
  await plane.request('PATCH', `${PATH}/status`, { status: { observedGeneration: 1 } }, options);
  const before = await apply();
  expect(before).toMatchObject({ spec: manifest.spec, status: { observedGeneration: 1 } });
  const { metadata } = await apply();
  expect(metadata).toEqual(before.metadata);
});
