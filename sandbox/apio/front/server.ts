import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { listen } from '../../listen.ts';
import type { ApioEngine } from '../engine/apio-engine.ts';
import { type ApioRequest, handle, operationOf } from '../engine/handle.ts';
import type { Environment } from '../engine/types.ts';
import { createAdminListener } from './admin.ts';
import { createFaultPlan, type Fault, type FaultPlan } from './faults.ts';
import { readJson, sendJson } from './json-server.ts';

/** A running issuing API: an origin a world, and one for tests and the demo that no client of the API knows. */
export interface ApioServer {
  readonly url: Readonly<Record<Environment, string>>;
  /** Ledger, faults, settings, revocation behind the operator's back; see `admin.ts`. */
  readonly adminUrl: string;
  readonly faults: FaultPlan;
  close(): Promise<void>;
}

/** Ports default to free ones; with `port` they are port (Live), port + 1 (Test), port + 2 (admin). */
export async function startApioServer({
  engine,
  port = 0,
}: {
  engine: ApioEngine;
  port?: number;
}): Promise<ApioServer> {
  const faults = createFaultPlan();
  const at = (offset: number) => (port === 0 ? 0 : port + offset);
  const live = await listen(createListener(engine, 'Live', faults), at(0));
  const test = await listen(createListener(engine, 'Test', faults), at(1));
  const admin = await listen(createAdminListener(engine, faults), at(2));
  return {
    url: { Live: live.url, Test: test.url },
    adminUrl: admin.url,
    faults,
    close: async () => {
      await Promise.all([live.close(), test.close(), admin.close()]);
    },
  };
}

function createListener(engine: ApioEngine, environment: Environment, faults: FaultPlan) {
  return async (incoming: IncomingMessage, response: ServerResponse) => {
    const date = { date: new Date(engine.now()).toUTCString() };
    const request = await readRequest(incoming).catch(() => undefined);
    if (!request) {
      const error = {
        type: 'invalid_request_error',
        code: 'invalid_body',
        message: 'The body is no JSON, or too long.',
      };
      return sendJson(response, 400, { error }, { ...date, connection: 'close' });
    }
    const operation = operationOf(request);
    const latencyMs = faults.latencyOf(operation);
    if (latencyMs > 0) await sleep(latencyMs, undefined, { ref: false });
    const fault = faults.take(operation);
    if (fault) return misbehave(fault, response, () => handle(engine, environment, request));
    const answer = handle(engine, environment, request);
    sendJson(response, answer.status, answer.body, date);
  };
}

async function readRequest(incoming: IncomingMessage): Promise<ApioRequest> {
  const { pathname, searchParams } = new URL(incoming.url ?? '/', 'http://sandbox');
  const idempotencyKey = incoming.headers['idempotency-key'];
  return {
    method: incoming.method ?? 'GET',
    path: pathname,
    query: Object.fromEntries(searchParams),
    bearer: /^Bearer (\S+)$/i.exec(incoming.headers.authorization ?? '')?.[1],
    idempotencyKey: typeof idempotencyKey === 'string' ? idempotencyKey : undefined,
    body: await readJson(incoming),
  };
}

function misbehave(fault: Fault, response: ServerResponse, carryOut: () => unknown): void {
  if (fault.type === 'BlackHole') return;
  if (fault.type === 'DropAfter' || (fault.type === 'Answer' && fault.executed)) carryOut();
  if (fault.type !== 'Answer') {
    response.socket?.resetAndDestroy();
    return;
  }
  const error = { type: 'api_error', code: 'injected_fault', message: 'Told to fail by the test.' };
  const retry = fault.retryAfterSeconds === undefined ? {} : { 'retry-after': String(fault.retryAfterSeconds) };
  sendJson(response, fault.status, { error }, retry);
}
