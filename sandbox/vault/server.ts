import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { VaultAnswer, VaultRequest } from './engine/answers.ts';
import { failure } from './engine/answers.ts';
import type { Reply, VaultEngine } from './engine/vault-engine.ts';

/** A running front. `url` is what clients call VAULT_ADDR. */
export interface VaultServer {
  readonly url: string;
  /** Cuts all connections and frees the port. */
  close(): Promise<void>;
}

/** Serves the engine over HTTP on the loopback interface; port 0 takes a free one. */
export async function startVaultServer({
  engine,
  port = 0,
}: {
  engine: VaultEngine;
  port?: number;
}): Promise<VaultServer> {
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

async function serve(engine: VaultEngine, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await text(request);
  const parsed = toVaultRequest(request, body);
  const reply: Reply = parsed
    ? engine.handle(parsed)
    : { type: 'Answered', answer: failure(400, 'failed to parse JSON input'), delayMs: 0 };
  if (reply.type === 'CutOff') response.destroy();
  if (reply.type !== 'Answered') return;
  if (reply.delayMs) setTimeout(() => write(response, reply.answer), reply.delayMs);
  else write(response, reply.answer);
}

function toVaultRequest(request: IncomingMessage, body: string): VaultRequest | undefined {
  try {
    const url = new URL(request.url ?? '/', 'http://vault');
    const token = request.headers['x-vault-token'];
    return {
      method: request.method ?? 'GET',
      path: decodeURIComponent(url.pathname.replace(/^\/v1\//, '')),
      query: Object.fromEntries(url.searchParams),
      ...(typeof token === 'string' ? { token } : {}),
      ...(body ? { body: JSON.parse(body) as unknown } : {}),
    };
  } catch {
    return undefined;
  }
}

function write(response: ServerResponse, { status, headers, body }: VaultAnswer): void {
  response.writeHead(status, { 'Cache-Control': 'no-store', 'Content-Type': 'application/json', ...headers });
  response.end(body === undefined ? undefined : JSON.stringify(body));
}
