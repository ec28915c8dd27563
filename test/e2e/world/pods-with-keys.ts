import type { ClusterObject } from './cluster.ts';
import type { World } from './world.ts';

/** Pods that read a Secret when they start, and call the issuing API with what it held then for as long as they are there. */
export interface PodsWithKeys {
  /** Each pod that is there calls once. */
  turn(): Promise<void>;
  calls(): number;
  /** `401 of web-5f…`, one for each call that was not accepted. */
  failures(): readonly string[];
  /** How many pods there have been. */
  started(): number;
}

interface SecretWithKey extends ClusterObject {
  readonly data: { readonly API_KEY: string };
}

/** All pods of a namespace. */
export function createPodsWithKeys({ cluster, apioServer }: World, namespace: string, secret: string): PodsWithKeys {
  const root = `/api/v1/namespaces/${namespace}`;
  const held = new Map<string, string>();
  const failures: string[] = [];
  let calls = 0;

  async function call(name: string, key: string): Promise<void> {
    calls += 1;
    const headers = { authorization: `Bearer ${key}` };
    const { status } = await fetch(`${apioServer.url.Live}/v1/payments`, { headers });
    if (status !== 200) failures.push(`${status} of ${name}`);
  }
  return {
    async turn() {
      const copy = await cluster.get<SecretWithKey>(`${root}/secrets/${secret}`);
      const pods = await cluster.list<ClusterObject>(`${root}/pods`);
      for (const { metadata } of pods) {
        const key = held.get(metadata.uid ?? '') ?? atob(copy?.data.API_KEY ?? '');
        held.set(metadata.uid ?? '', key);
        await call(metadata.name, key);
      }
    },
    calls: () => calls,
    failures: () => failures,
    started: () => held.size,
  };
}
