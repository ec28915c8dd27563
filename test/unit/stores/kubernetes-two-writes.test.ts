import { expect, test } from 'vitest';
import { NotBegunError } from '../../../src/http/call-error.ts';
import { SecretValue } from '../../../src/key/secret-value.ts';
import type { KubeApi, KubeObject } from '../../../src/runtime/kube/kube-api.ts';
import { createKubernetesStore } from '../../../src/stores/kubernetes/kubernetes-store.ts';

const BASE = { type: 'Version', version: '5' } as const;
const MARKER = { installation: 'cluster-1', uid: 'uid', revision: 2, attempt: 1, keyID: 'k_2' };

/** Publishes where the Secret that keeps the replaced key can be made, and the other call is held back before it is made. */
async function publish(replaces: { replaces: { keyID: string; key: SecretValue } } | object): Promise<unknown> {
  const secret: KubeObject = { metadata: { name: 'app', resourceVersion: BASE.version } };
  const api = {
    get: async ({ name }: { name: string }) => (name === 'app' ? secret : undefined),
    create: async (_resource: unknown, _namespace: unknown, body: unknown) => body,
    async mergePatch() {
      throw new NotBegunError('unavailable', 'TooManyRequests', 'not yet', { retryAfterSeconds: 2 });
    },
  } as Partial<KubeApi> as KubeApi;
  const store = createKubernetesStore({ api, namespace: 'team' });
  const fields = { key: new SecretValue('sk_new') };
  return store
    .publish({ path: 'app', fields, marker: MARKER, base: BASE, ...replaces })
    .catch((error: unknown) => error);
}

test('a publish whose first half was done is no call that was never begun: the audit tells of it', async () => {
  const error = await publish({ replaces: { keyID: 'k_1', key: new SecretValue('sk_old') } });
  expect(error).not.toBeInstanceOf(NotBegunError);
  expect(error).toMatchObject({ outcome: 'unavailable', reason: 'TooManyRequests', retryAfterSeconds: 2 });
});

test('one of a single write is none where that was held back', async () => {
  expect(await publish({})).toBeInstanceOf(NotBegunError);
});
