import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { KubeEngine } from '../../../sandbox/kube/engine/engine.ts';
import { startKubeServer } from '../../../sandbox/kube/front/server.ts';
import { openWatch } from '../../contract/kube-api/watch.ts';

// No part of the contract: a real API server does it to a watch that reconnects after a restart (test/e2e/reflector.test.ts).
test('the front can be told to end open watches with a 410 in the stream', async () => {
  const server = await startKubeServer({ engine: new KubeEngine({ now: Date.now, uuid: randomUUID }) });
  const watch = await openWatch(`${server.url}/api/v1/namespaces/default/secrets?watch=true`);
  server.faults.expireWatches();
  const { type, object } = await watch.next();
  expect([type, object.code, object.reason]).toEqual(['ERROR', 410, 'Expired']);
  await watch.ended;
  await server.close();
});
