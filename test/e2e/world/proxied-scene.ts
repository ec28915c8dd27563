import { type ApiProxy, startApiProxy } from '../components/api-proxy.ts';
import { openScene, type Scene } from './scene.ts';

/** A scene whose operator reaches the API server through a proxy that can be told to misbehave. */
export interface ProxiedScene extends Scene {
  readonly proxy: ApiProxy;
}

/** Starts it all; closing the scene closes the proxy too. */
export async function openProxiedScene(): Promise<ProxiedScene> {
  const started: ApiProxy[] = [];
  const scene = await openScene({
    operator: async ({ plane }) => {
      const proxy = await startApiProxy(plane);
      started.push(proxy);
      return { server: proxy.url };
    },
  });
  const [proxy] = started;
  if (!proxy) throw new Error('the scene was opened without asking how its operator is to be started');
  return {
    ...scene,
    proxy,
    async close(options) {
      await scene.close(options);
      await proxy.close();
    },
  };
}
