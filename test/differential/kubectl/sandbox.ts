import { randomUUID } from 'node:crypto';
import { KubeEngine } from '../../../sandbox/kube/engine/engine.ts';
import { startKubeServer } from '../../../sandbox/kube/front/server.ts';
import { type Answer, play } from './play.ts';
import { stories } from './stories.ts';

/** What the sandbox answers to the whole script, played by this kubectl. */
export async function sandboxAnswers(program: string): Promise<Map<string, Answer[]>> {
  const server = await startKubeServer({ engine: new KubeEngine({ now: Date.now, uuid: randomUUID, rbac: true }) });
  try {
    return await play(stories, { program, kubeconfig: server.kubeconfig() });
  } finally {
    await server.close();
  }
}
