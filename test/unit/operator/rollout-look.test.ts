import { describe, expect, test } from 'vitest';
import type { ApiKeyRotation, KeyStoreObject } from '../../../src/api/types.ts';
import { CallError } from '../../../src/http/call-error.ts';
import { fingerprint } from '../../../src/key/fingerprint.ts';
import { SecretValue } from '../../../src/key/secret-value.ts';
import { createRestart } from '../../../src/operator/rotation/act/restart.ts';
import { restartsElsewhere } from '../../../src/operator/rotation/gather/restarts-elsewhere.ts';
import { createRolloutLook } from '../../../src/operator/rotation/gather/rollout-look.ts';
import type { KubeApi, KubeObject } from '../../../src/runtime/kube/kube-api.ts';
import { factsOf, migrating } from '../rotation/facts.ts';

const KEY = 'apio_live_the_new_key_of_this_rotation';
const NEW = fingerprint(new SecretValue(KEY));
const secretRef = { name: 'api-apio', key: 'API_KEY' };
const workloadRef = { kind: 'Deployment', name: 'api' } as const;

function rotation(rollout: object = { secretRef }): ApiKeyRotation {
  const evidence = [{ type: 'Rollout', rollout: { workloadRef, action: 'Restart', ...rollout } }];
  const newKey = { keyID: 'k2', fingerprint: NEW };
  const status = migrating({ newKey });
  const object = factsOf({ status }).object;
  return { ...object, spec: { ...object.spec, consumers: [{ name: 'api', evidence }] } } as ApiKeyRotation;
}

const counts = { replicas: 1, updatedReplicas: 1, readyReplicas: 1, availableReplicas: 1 };
const deployment: KubeObject & object = Object.assign(
  { metadata: { name: 'api', namespace: 'team', uid: 'w', resourceVersion: '7', generation: 1 } },
  { spec: { replicas: 1, selector: { matchLabels: { app: 'api' } } }, status: { observedGeneration: 1, ...counts } },
);
const secret = (data: Record<string, string>): KubeObject =>
  Object.assign({ metadata: { name: 'api-apio' } }, { data });

type Found = KubeObject | undefined | 'Forbidden';

/** What the API server answers for `deployments` and `secrets`; every call is noted. */
function lookWith(answers: Readonly<Record<string, Found>>, type = 'Vault') {
  const calls: string[] = [];
  const answer = (call: string, plural: string) => {
    calls.push(call);
    const found = answers[plural];
    if (found === 'Forbidden') throw new CallError('denied', 'Forbidden', 'forbidden', { status: 403 });
    return found;
  };
  const kube = {
    get: async ({ resource, name }: Parameters<KubeApi['get']>[0]) =>
      answer(`GET ${resource.plural} ${name}`, resource.plural),
    list: async ({ resource, labelSelector }: Parameters<KubeApi['list']>[0]) => {
      calls.push(`LIST ${resource.plural} ${labelSelector}`);
      return { items: [], resourceVersion: '1' };
    },
  } as Pick<KubeApi, 'get' | 'list'>;
  const stores = { get: () => ({ spec: { type } }) as KeyStoreObject };
  return { calls, look: createRolloutLook({ kube, stores }) };
}

async function see(answers: Readonly<Record<string, Found>>, object = rotation(), type?: string) {
  const { calls, look } = lookWith(answers, type);
  const sight = (await look.withPods(await look.workloads(object), object)).get('api');
  return { sight, calls };
}

describe('what a copy holds', () => {
  test.each<[string, Found, string]>([
    ['the new key', secret({ API_KEY: btoa(KEY) }), 'New'],
    ['the key with a line end, which is another text', secret({ API_KEY: btoa(`${KEY}\n`) }), 'Other'],
    ['another key', secret({ API_KEY: btoa('another') }), 'Other'],
    ['nothing', secret({ API_KEY: '' }), 'NoKey'],
    ['other fields', secret({ OTHER: btoa(KEY) }), 'NoKey'],
    ['nothing, as there is no Secret', undefined, 'Absent'],
  ])('%s', async (_name, secrets, copyState) => {
    expect((await see({ deployments: deployment, secrets })).sight).toMatchObject({ type: 'Seen', copyState });
  });
});

test('pods are listed last, and only where they could count', async () => {
  const well = await see({ deployments: deployment, secrets: secret({ API_KEY: btoa(KEY) }) });
  expect(well.calls).toEqual(['GET deployments api', 'GET secrets api-apio', 'LIST pods app=api']);
  const late = await see({ deployments: deployment, secrets: undefined });
  expect(late.calls).toEqual(['GET deployments api', 'GET secrets api-apio']);
});

test('a rotation without workloads costs no call', async () => {
  const { calls } = await see({}, factsOf({ status: migrating() }).object);
  expect(calls).toEqual([]);
});

test('a target that is a Secret is no copy: whoever decides reads the targets', async () => {
  const template = { spec: { volumes: [{ secret: { secretName: 'vault' } }] } };
  const reading = Object.assign({}, deployment, { spec: { replicas: 1, selector: {}, template } });
  const { sight, calls } = await see({ deployments: reading }, rotation({}), 'KubernetesSecret');
  expect(sight).toMatchObject({
    type: 'Seen',
    copy: { type: 'Target', secret: 'vault', key: 'key' },
    copyState: 'New',
  });
  expect(calls).toEqual(['GET deployments api', 'LIST pods ']);
});

const binding =
  'kubectl -n team create rolebinding apikey-rotation-rollouts --role=apikey-rotation-rollouts --serviceaccount=OPERATOR_NAMESPACE:OPERATOR_ACCOUNT';

test.each<[string, Readonly<Record<string, Found>>, string]>([
  [
    'a workload',
    { deployments: 'Forbidden' },
    'the operator may not read deployments in namespace team, which evidence Rollout needs: kubectl -n team create role apikey-rotation-rollouts --verb=get,patch --resource=deployments.apps && ',
  ],
  [
    'a Secret',
    { deployments: deployment, secrets: 'Forbidden' },
    'the operator may not read Secret api-apio in namespace team, which evidence Rollout needs: kubectl -n team create role apikey-rotation-rollouts --verb=get --resource=secrets --resource-name=api-apio && ',
  ],
])('who may not read %s is told how to be let', async (_name, answers, message) => {
  expect((await see(answers)).sight).toEqual({ type: 'Denied', message: message + binding });
});

test('other refusals are errors of the look', async () => {
  const away = () => Promise.reject(new CallError('unavailable', 'ServiceUnavailable', 'not now'));
  const look = createRolloutLook({ kube: { get: away, list: away }, stores: { get: () => undefined } });
  await expect(look.workloads(rotation())).rejects.toMatchObject({ reason: 'ServiceUnavailable' });
});

describe('a restart', () => {
  const facts = factsOf({ status: migrating() });
  const workload = { ...workloadRef, resourceVersion: '7' };
  const effects = { restart: (_workload: string, _attempt: object, write: () => Promise<unknown>) => write() };
  const restartWith = (mergePatch: () => Promise<unknown>) =>
    createRestart({ kube: { mergePatch } as never, effectsFor: () => effects as never });

  test('that meets another version is left to the next look', async () => {
    const conflict = new CallError('conflict', 'Conflict', 'changed', { status: 409 });
    await expect(restartWith(() => Promise.reject(conflict))(facts, workload, {})).resolves.toBeUndefined();
  });

  test('that is forbidden tells how to be let', async () => {
    const denied = new CallError('denied', 'Forbidden', 'no', { status: 403 });
    await expect(restartWith(() => Promise.reject(denied))(facts, workload, {})).rejects.toMatchObject({
      reason: 'WorkloadAccessDenied',
      message: expect.stringContaining('the operator may not restart Deployment api in namespace team'),
    });
  });
});

test('restarts of others count for ten minutes, of other rotations only, each workload once', () => {
  const at = '2030-01-01T12:00:00Z';
  const restarting = (uid: string, name: string, restartedAt = at) => {
    const rollout = { workload: `Deployment/${name}`, workloadUID: 'w', copy: 'the targets', restartedAt };
    const status = migrating({ consumers: [{ name: 'api', state: 'Pending', rollout }] });
    return factsOf({ status, metadata: { uid } }).object;
  };
  const all = [
    restarting('own', 'own'),
    restarting('a', 'api'),
    restarting('b', 'api'),
    restarting('c', 'web'),
    restarting('d', 'stuck', '2030-01-01T11:50:00Z'),
  ];
  expect(restartsElsewhere(all, 'own', Date.parse(at))).toEqual(['Deployment/api', 'Deployment/web']);
});
