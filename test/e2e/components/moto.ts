import { freePort } from './free-port.ts';
import { type LoneServer, startLoneServer } from './lone-server.ts';

/** Moto's Secrets Manager: one account, every region. */
export interface Moto extends Pick<LoneServer, 'stop'> {
  readonly url: string;
}

/** Starts it on a free port, and resolves when it serves. */
export async function startMoto(): Promise<Moto> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const { stop } = await startLoneServer({
    name: 'moto_server',
    args: () => ['-H', '127.0.0.1', '-p', String(port)],
    isReady: async () => (await fetch(`${url}/moto-api/data.json`)).ok,
  });
  return { url, stop };
}
