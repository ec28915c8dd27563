import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { type Listening, listen } from '../listen.ts';
import type { AwsEngine } from './engine/aws-engine.ts';

/** Serves the engine over HTTP on the loopback interface, one endpoint for both services and every region; port 0 takes a free one. */
export function startAwsServer({ engine, port = 0 }: { engine: AwsEngine; port?: number }): Promise<Listening> {
  return listen((request, response) => {
    serve(engine, request, response).catch(() => response.destroy());
  }, port);
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
