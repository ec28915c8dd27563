import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { type Listening, listen } from '../listen.ts';
import type { VaultAnswer, VaultRequest } from './engine/answers.ts';
import { failure } from './engine/answers.ts';
import type { Reply, VaultEngine } from './engine/vault-engine.ts';

/** Serves the engine over HTTP on the loopback interface; `url` is what clients call VAULT_ADDR. Port 0 takes a free one. */
export function startVaultServer({ engine, port = 0 }: { engine: VaultEngine; port?: number }): Promise<Listening> {
  return listen((request, response) => {
    serve(engine, request, response).catch(() => response.destroy());
  }, port);
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
