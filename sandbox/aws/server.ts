import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { AwsEngine } from './engine/aws-engine.ts';

/** A running front. `url` is what clients take for the endpoint of both services, in every region. */
export interface AwsServer {
  readonly url: string;
  /** Cuts all connections and frees the port. */
  close(): Promise<void>;
}

/** Serves the engine over HTTP on the loopback interface; port 0 takes a free one. */
export async function startAwsServer({ engine, port = 0 }: { engine: AwsEngine; port?: number }): Promise<AwsServer> {
  const server = createServer((request, response) => {
    serve(engine, request, response).catch(() => response.destroy());
  });
  // Longer than clients keep idle connections: one that we close as they send looks like a lost answer.
  server.keepAliveTimeout = 75_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function serve(engine: AwsEngine, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const headers = Object.entries(request.headers).map(([name, value]) => [
    name,
    Array.isArray(value) ? value.join(',') : value,
  ]);
  const { status, ...answer } = engine.handle({
    method: request.method ?? 'GET',
    path: request.url ?? '/',
    headers: Object.fromEntries(headers),
    body: await text(request),
  });
  response.writeHead(status, answer.headers);
  response.end(answer.body);
}
