import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import type { JsonObject } from '../../../sandbox/kube/engine/json.ts';
import { accountOf } from '../../integration/documents/accounts.ts';
import { blocksIn } from '../../integration/documents/block.ts';
import { isOfOthers, objectsOf } from '../../integration/documents/documented-objects.ts';
import { closeAfterAll } from '../components/close-after-all.ts';
import { type ControlPlane, startControlPlane } from '../components/control-plane.ts';
import { until } from '../components/until.ts';
import { type ClusterObject, collectionOf, createCluster } from '../world/cluster.ts';

const CRDS = join(import.meta.dirname, '../../../crds');
const API = '/apis/apikeyrotation.io/v1alpha1';
/** What the pages suppose to be there. */
const AROUND = `
{apiVersion: v1, kind: Namespace, metadata: {name: shop}}
---
{apiVersion: v1, kind: Namespace, metadata: {name: payments}}
---
{apiVersion: v1, kind: Namespace, metadata: {name: apikey-rotation}}
---
{apiVersion: v1, kind: ServiceAccount, metadata: {name: payments-api, namespace: payments}}
`;

let plane: ControlPlane;
beforeAll(async () => {
  plane = await startControlPlane();
  const cluster = createCluster(plane);
  const files = await readdir(CRDS);
  for (const file of files) await cluster.apply(await readFile(join(CRDS, file), 'utf8'));
  await cluster.apply(AROUND);
  for (const file of files) {
    const isServed = async () => (await plane.request('GET', `${API}/${file.replace('.yaml', '')}`)).status === 200;
    await until(isServed, { what: `${file} to be served`, timeoutMs: 20_000, everyMs: 50 });
  }
});
closeAfterAll(() => ({ close: (options) => plane.stop(options) }));

/** What a real API server has against an object; it keeps nothing of it. */
async function refusalOf(object: JsonObject): Promise<string | undefined> {
  const typed = object as JsonObject & ClusterObject;
  const { status, body } = await plane.request(
    'POST',
    `${collectionOf(typed)}?dryRun=All&fieldValidation=Strict`,
    typed,
  );
  const isThere = status === 409 && typed.kind === 'Namespace';
  return status < 300 || isThere ? undefined : JSON.stringify(body);
}

it.each(blocksIn('yaml').filter((block) => !accountOf(block)))('a real API server takes $name', async (block) => {
  for (const object of objectsOf(block)) if (!isOfOthers(object)) expect(await refusalOf(object)).toBeUndefined();
});
