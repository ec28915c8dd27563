import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A server that passes everything on to another one, or takes everything and never answers. */
export interface BlackHole {
  readonly url: string;
  /** From now on; all connections are cut. */
  swallow(everything: boolean): void;
  close(): void;
}

/** Listens on loopback, before that server; passes on at first. */
export async function startBlackHole(target: string): Promise<BlackHole> {
  const { port, hostname } = new URL(target);
  const sockets = new Set<Socket>();
  const keep = (socket: Socket, other?: Socket) => {
    sockets.add(socket);
    socket.on('close', () => {
      sockets.delete(socket);
      other?.destroy();
    });
    socket.on('error', () => other?.destroy());
  };
  let swallows = false;
  const server = createServer((client) => {
    if (swallows) {
      keep(client);
      client.resume();
      return;
    }
    const upstream = connect(Number(port), hostname);
    keep(client, upstream);
    keep(upstream, client);
    client.pipe(upstream).pipe(client);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    swallow(everything) {
      swallows = everything;
      for (const socket of sockets) socket.destroy();
    },
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
