import { randomUUID } from 'node:crypto';
import { KubeEngine } from '../../../sandbox/kube/engine/engine.ts';
import { startKubeServer } from '../../../sandbox/kube/front/server.ts';
import type { Item } from '../case.ts';
import { createClient } from './client.ts';
import { type Answers, playAll } from './play-all.ts';
import { prepare } from './prepare.ts';

/** Plays all cases against a fresh sandbox. */
export async function playSandbox(items: readonly Item[]): Promise<Answers> {
  const engine = new KubeEngine({ now: Date.now, uuid: randomUUID, rbac: true });
  const server = await startKubeServer({ engine });
  const client = createClient(server);
  try {
    await prepare(client);
    const stage = { client, forget: async () => engine.compact() };
    return new Map([...(await playAll(items, stage)), ...(await playAll(items, stage, true))]);
  } finally {
    await client.close();
    await server.close();
  }
}
