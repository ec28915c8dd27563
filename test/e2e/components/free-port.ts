import { createServer } from 'node:net';

const taken = new Set<number>();

/** A port of the loopback address that is free now, and that this process has not been given before. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (typeof address !== 'object' || address === null) throw new Error('a listening server has no port');
  if (taken.has(address.port)) return freePort();
  taken.add(address.port);
  return address.port;
}
