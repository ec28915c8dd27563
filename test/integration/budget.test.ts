import { afterAll, beforeAll, expect, test } from 'vitest';
import { fingerprint } from '../../src/key/fingerprint.ts';
import { SecretValue } from '../../src/key/secret-value.ts';
import {
  MOUNT,
  NAMESPACE,
  ONE_CONSUMER,
  type OperatorWorld,
  PATH,
  ROTATION,
  startOperatorWorld,
} from './operator-world.ts';

const QUIET_SCRAPES = 30;

let world: OperatorWorld;

beforeAll(async () => {
  world = await startOperatorWorld();
});
afterAll(() => world.close());

test('a rotation with one reporting consumer and no wait costs exactly the budget of design section 5', async () => {
  world.apply(ONE_CONSUMER);
  await world.until('the first key', ({ status }) => status?.current !== undefined && !status.rotation);
  await quiet();
  world.requests.length = 0;

  const published = world.until('published', ({ status }) => status?.rotation?.publishedAt !== undefined);
  world.kube.patch(ROTATION, {
    type: 'merge',
    body: { metadata: { annotations: { 'apikeyrotation.io/rotate': 'one' } } },
  });
  await published;
  expect((await report()).status).toBe(200);
  await world.until('done', ({ status }) => status?.revision === 2 && !status.rotation);
  await events('OldKeyRevoked');

  expect(tally(world.requests)).toEqual({
    // Kubernetes: intent, published, revoke intent, done; the report; the evidence at step 7; two events.
    'PUT apikeyrotations/status': 4,
    'POST tokenreviews': 1,
    'GET pods': 2,
    'POST migrationreports': 1,
    'GET migrationreports': 1,
    'POST events': 2,
    // The target: read, write, read back, read again at step 7.
    'vault GET data': 3,
    'vault POST data': 1,
    // The issuer: list before the intent, issue, verify; at step 7 get old and verify new; revoke, see it dead.
    'issuer list': 1,
    'issuer issue': 1,
    'issuer self': 2,
    'issuer get': 2,
    'issuer revoke': 1,
  });
});

test('a converged object costs nothing, also when everything is looked at again', async () => {
  await quiet();
  world.requests.length = 0;
  const before = await reconciles();
  // A change that means nothing makes the operator look at the object.
  world.kube.patch(ROTATION, { type: 'merge', body: { metadata: { labels: { team: 'payments' } } } });
  await reconciledSince(before);
  expect((await report()).status).toBe(200);
  await quiet();
  const mutating = world.requests.filter(
    (request) => !/^(GET|vault GET|issuer (list|get|self))/.test(request) && request !== 'POST tokenreviews',
  );
  expect(mutating).toEqual([]);
});

/** The one `curl` of a pod: what is the GET of pods is the look at the live pod, the second one the list at step 7. */
async function report(): Promise<Response> {
  const key = new SecretValue(String(world.vault.serving(MOUNT, PATH)?.key));
  return fetch(`${world.reportsURL}/v1/namespaces/${NAMESPACE}/rotations/apio/reports`, {
    method: 'POST',
    headers: { authorization: `Bearer ${world.reportToken('api-0')}`, 'content-type': 'application/json' },
    body: JSON.stringify({ consumer: 'api', fingerprint: fingerprint(key) }),
  });
}

/** Resolves when many scrapes in a row show no new reconcile. */
async function quiet(): Promise<void> {
  let [last, same] = [await reconciles(), 0];
  while (same < QUIET_SCRAPES) {
    const now = await reconciles();
    same = now === last ? same + 1 : 0;
    last = now;
  }
}

/** Resolves when another reconcile has ended. */
async function reconciledSince(before: string): Promise<void> {
  while ((await reconciles()) === before);
}

async function reconciles(): Promise<string> {
  const text = await (await fetch(`${world.probesURL}/metrics`)).text();
  return text
    .split('\n')
    .filter((line) => line.startsWith('apikeyrotation_reconcile_total'))
    .join('\n');
}

function events(reason: string): Promise<void> {
  return new Promise((resolve) => {
    const cancel = world.kube.watch({ resource: 'events', namespace: NAMESPACE }, {}, ({ type, object }) => {
      if (type === 'BOOKMARK' || (object as { reason?: string }).reason !== reason) return;
      queueMicrotask(() => cancel());
      resolve();
    });
  });
}

function tally(requests: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const request of requests) counts[request] = (counts[request] ?? 0) + 1;
  return counts;
}
