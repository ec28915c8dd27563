import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A plain TCP proxy in front of a store, that can be closed and opened. */
export interface TcpProxy {
  /** On loopback, the same before and after. */
  readonly port: number;
  /** Ends open connections, and refuses new ones. */
  close(): Promise<void>;
  /** Serves again. */
  open(): Promise<void>;
}

/** Listens on a free port, open, and passes everything on to that port of loopback. */
export async function startTcpProxy(targetPort: number): Promise<TcpProxy> {
  const sockets = new Set<Socket>();
  const keep = (socket: Socket, other: Socket) => {
    sockets.add(socket);
    socket.on('close', () => {
      sockets.delete(socket);
      other.destroy();
    });
    // What fails on one side ends the other; there is nobody to tell.
    socket.on('error', () => other.destroy());
  };
  const server = createServer((client) => {
    const upstream = connect(targetPort, '127.0.0.1');
    keep(client, upstream);
    keep(upstream, client);
    client.pipe(upstream).pipe(client);
  });
  const listen = (port: number) =>
    new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(port, '127.0.0.1', () => {
        server.off('error', reject);
        resolve();
      });
    });
  await listen(0);
  const { port } = server.address() as AddressInfo;
  return {
    port,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
    open: () => listen(port),
  };
}
