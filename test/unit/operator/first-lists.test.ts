import { describe, expect, test } from 'vitest';
import { clusterIssuers, clusterStores, issuers, rotations } from '../../../src/api/resources.ts';
import { CallError } from '../../../src/http/call-error.ts';
import { createFirstLists } from '../../../src/operator/first-lists.ts';
import type { Resource } from '../../../src/runtime/kube/kube-api.ts';
import type { Obstacle, ServiceChange } from '../../../src/runtime/reflector.ts';

const denied = new CallError('denied', 'Forbidden', 'GET x: forbidden', { status: 403 });
const unknown = new CallError('refused', 'NotFound', 'GET x: not found', { status: 404 });
const refused = new CallError('unavailable', 'ConnectionRefused', 'GET x: there is no connection');

/** A list that ends as the test says. */
function listOf(resource: Resource, namespace?: string) {
  const [synced, answered] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  let obstacle: Obstacle | undefined = { selection: { resource, namespace }, error: undefined };
  const selection = { resource, namespace };
  const handlers: ((change: ServiceChange) => void)[] = [];
  let isRefused = false;
  const tell = (change: ServiceChange) => {
    isRefused = change.type === 'Refused';
    for (const handler of handlers) handler(change);
  };
  return {
    listed: {
      synced: synced.promise,
      answered: answered.promise,
      obstacles: () => (obstacle ? [obstacle] : []),
      onService: (handler: (change: ServiceChange) => void) => void handlers.push(handler),
    },
    fail(error: CallError) {
      obstacle = { selection, error };
      if (error === refused) return;
      answered.resolve();
      tell({ type: 'Refused', selection, error });
    },
    succeed() {
      obstacle = undefined;
      answered.resolve();
      synced.resolve();
      if (isRefused) tell({ type: 'Served', selection });
    },
  };
}

function setUp() {
  const [needed, issuing, storing] = [listOf(rotations), listOf(clusterIssuers), listOf(clusterStores)];
  const logged: string[] = [];
  const write = (_fields: object, message: string) => void logged.push(message);
  const spared = [issuing.listed, storing.listed];
  const lists = createFirstLists({ needed: [needed.listed], spared, log: { info: write, warn: write } });
  let [isSynced, served] = [false, 0];
  void lists.synced.then(() => {
    isSynced = true;
  });
  lists.onServed(() => {
    served += 1;
  });
  const state = async () => {
    await new Promise(setImmediate);
    return { isSynced, served };
  };
  return { needed, issuing, storing, lists, logged, state };
}

const WITHOUT_RIGHT =
  "clusterapikeyissuers cannot be listed: the operator's account may not (403); give it list and watch on clusterapikeyissuers.apikeyrotation.io in the whole cluster, as docs/operator-rights.md does";
const WITHOUT_KIND =
  'clusterkeystores cannot be listed: the API server knows no such kind (404); kubectl apply -f crds/clusterkeystores.yaml';

describe('work begins', () => {
  test('when everything is listed', async () => {
    const { needed, issuing, storing, lists, logged, state } = setUp();
    needed.succeed();
    issuing.succeed();
    expect(await state()).toMatchObject({ isSynced: false });
    expect(lists.obstacles()).toEqual(['clusterkeystores are not listed yet']);
    storing.succeed();
    expect(await state()).toEqual({ isSynced: true, served: 0 });
    expect(logged).toEqual([]);
  });

  test('without kinds of the cluster that are not served, which is told once', async () => {
    const { needed, issuing, storing, lists, logged, state } = setUp();
    needed.succeed();
    issuing.fail(denied);
    storing.fail(unknown);
    expect(await state()).toEqual({ isSynced: true, served: 0 });
    expect(lists.obstacles()).toEqual([WITHOUT_RIGHT, WITHOUT_KIND]);
    expect(lists.refused()).toEqual([]);
    expect(lists.obstacleTo('ClusterApiKeyIssuer', undefined)).toBe(WITHOUT_RIGHT);
    expect(lists.obstacleTo('ApiKeyIssuer', undefined)).toBeUndefined();
    expect(logged).toEqual([WITHOUT_RIGHT, WITHOUT_KIND]);
  });

  test('not without kinds of the cluster while nobody knows whether they are served', async () => {
    const { needed, issuing, storing, state } = setUp();
    needed.succeed();
    issuing.fail(refused);
    storing.succeed();
    expect(await state()).toMatchObject({ isSynced: false });
  });

  test('never without what everybody needs', async () => {
    const { needed, issuing, storing, lists, logged, state } = setUp();
    needed.fail(denied);
    issuing.succeed();
    storing.succeed();
    expect(await state()).toMatchObject({ isSynced: false });
    expect(lists.obstacles()).toEqual(logged);
    expect(lists.refused()).toEqual(['apikeyrotations']);
    expect(logged).toEqual([expect.stringContaining('apikeyrotations cannot be listed')]);
  });
});

test('when a kind is served after all, whoever waits for it is woken', async () => {
  const { needed, issuing, storing, lists, logged, state } = setUp();
  needed.succeed();
  storing.succeed();
  issuing.fail(denied);
  await state();
  issuing.succeed();
  expect(await state()).toEqual({ isSynced: true, served: 1 });
  expect(lists.obstacleTo('ClusterApiKeyIssuer', undefined)).toBeUndefined();
  expect(logged.at(-1)).toBe('This kind is followed from now on');
});

test.each([
  [
    'a right in a namespace',
    denied,
    "apikeyissuers of namespace team cannot be listed: the operator's account may not (403); give it list and watch on apikeyissuers.apikeyrotation.io in namespace team, as docs/operator-rights.md does",
  ],
  [
    'a connection',
    refused,
    'apikeyissuers of namespace team cannot be listed: GET x: there is no connection (ConnectionRefused); it is tried again',
  ],
])('what is missing is named: %s', (_what, error, text) => {
  const list = listOf(issuers, 'team');
  list.fail(error);
  const lists = createFirstLists({ needed: [list.listed], spared: [], log: { info() {}, warn() {} } });
  expect(lists.obstacles()).toEqual([text]);
  expect(lists.obstacleTo('ApiKeyIssuer', 'team')).toBe(text);
  expect(lists.obstacleTo('ApiKeyIssuer', 'other')).toBeUndefined();
});
