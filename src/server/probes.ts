import type { FastifyInstance } from 'fastify';
import { ApiError } from './api-error.ts';
import { createJsonApp, errorSchema, type ServerLog } from './json-app.ts';

/** A look at the program's own health: one sentence for each part that fails; empty when all is well. */
type Check = () => readonly string[];

/** What the probes tell about. */
export interface ProbesDeps {
  /** Failing means: restart me. Watches that are dead, by kind. */
  readonly live: Check;
  /** Failing means: send me nothing yet. Caches that are not filled, by kind. */
  readonly ready: Check;
  /** What a ready program does without. */
  readonly without: Check;
  /** The metrics in Prometheus' text format. */
  readonly metrics: () => Promise<string>;
  readonly log: ServerLog;
}

const okSchema = {
  type: 'object',
  properties: { status: { const: 'ok' }, without: { type: 'array', items: { type: 'string' } } },
} as const;
const PROMETHEUS_TEXT = 'text/plain; version=0.0.4; charset=utf-8';

/** `/livez`, `/readyz`, `/metrics`: for the kubelet and Prometheus, on a port of their own. Not listening yet. */
export function createProbesServer({ live, ready, without, metrics, log }: ProbesDeps): FastifyInstance {
  const app = createJsonApp(log);
  const schema = { response: { 200: okSchema, 503: errorSchema } };
  app.get('/livez', { schema }, async () => verdict('NotAlive', live()));
  app.get('/readyz', { schema }, async () => ({
    ...verdict('NotReady', ready()),
    ...(without().length > 0 && { without: without() }),
  }));
  app.get('/metrics', { schema: { response: { 200: { type: 'string' } } } }, async (_request, reply) => {
    reply.type(PROMETHEUS_TEXT);
    return metrics();
  });
  return app;
}

function verdict(code: string, failing: readonly string[]): { status: 'ok' } {
  if (failing.length > 0) throw new ApiError(503, code, failing.join('; '));
  return { status: 'ok' };
}
