import { randomUUID } from 'node:crypto';
import type { KubeObject } from '../../../src/runtime/kube/kube-api.ts';
import { type Versions, versionsOf } from '../../integration/follower.ts';

/** ConfigMaps of a namespace of their own at a real API server. */
export interface ChangingConfigMaps {
  readonly namespace: string;
  /** Writes rounds of creations, changes, deletions and recreations, one request after the other. */
  write(rounds: number): Promise<void>;
  /** Goes on with rounds for so long. */
  writeFor(ms: number): Promise<void>;
  present(): Promise<Versions>;
}

/** Makes the namespace; `url` takes requests without a token. */
export async function createChangingConfigMaps(url: string): Promise<ChangingConfigMaps> {
  const namespace = `reflector-${randomUUID().slice(0, 8)}`;
  const path = `/api/v1/namespaces/${namespace}/configmaps`;
  let round = 0;
  let changes = 0;

  async function request(method: string, path: string, body?: object): Promise<unknown> {
    const headers = { 'content-type': method === 'PATCH' ? 'application/merge-patch+json' : 'application/json' };
    const response = await fetch(url + path, { method, headers, ...(body && { body: JSON.stringify(body) }) });
    if (response.status >= 300 && response.status !== 404) {
      throw new Error(`${method} ${path} was answered with ${response.status}: ${await response.text()}`);
    }
    return response.json();
  }
  const create = (name: string) => request('POST', path, { metadata: { name } });
  const change = (name: string) => {
    changes += 1;
    return request('PATCH', `${path}/${name}`, { data: { changes: `${changes}` } });
  };
  const remove = (name: string) => request('DELETE', `${path}/${name}`);

  async function writeRound(): Promise<void> {
    round += 1;
    await create(`new-${round}`);
    await change('changed');
    await remove('recreated');
    await create('recreated');
    await remove(`new-${round - 1}`);
  }

  await request('POST', '/api/v1/namespaces', { metadata: { name: namespace } });
  await create('changed');
  return {
    namespace,
    async write(rounds) {
      for (let i = 0; i < rounds; i += 1) await writeRound();
    },
    async writeFor(ms) {
      const end = performance.now() + ms;
      while (performance.now() < end) {
        await writeRound();
        // Leaves the machine to the tests beside this one.
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    },
    async present() {
      const { items } = (await request('GET', path)) as { items: KubeObject[] };
      return versionsOf(items);
    },
  };
}
