import type { IncomingMessage, ServerResponse } from 'node:http';
import { isRecord } from '../../../src/http/json.ts';
import type { ApioEngine } from '../engine/apio-engine.ts';
import { ENVIRONMENTS, OPERATIONS } from '../engine/types.ts';
import type { Fault, FaultPlan } from './faults.ts';
import { readJson, sendJson } from './json-server.ts';

interface AdminCall {
  readonly engine: ApioEngine;
  readonly faults: FaultPlan;
  readonly id: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/**
 * What the demo and tests see and do behind the operator's back. An answer of 404 means that the call makes no sense.
 * - `GET /ledger`: {entries, keys, calls}: every effect in order, every issued key with its use, requests per operation
 * - `GET /key-texts`: {id: text} of all keys, for the search for leaks
 * - `POST /keys/{id}/revoke`
 * - `POST /managers` {environment, organization}: {id, key}, a management credential
 * - `POST /settings` {permissionChange: InPlace | NewKey}: whether PATCH changes a key, or answers 409 new_key_required
 * - `POST /faults/{operation}` {type, status?, executed?, retryAfterSeconds?, times?} as in faults.ts
 */
export function createAdminListener(engine: ApioEngine, faults: FaultPlan) {
  return async (request: IncomingMessage, response: ServerResponse) => {
    const [, collection, id = ''] = (request.url ?? '').split('/');
    const body = await readJson(request).catch(() => undefined);
    const answer = ROUTES[`${request.method} ${collection}`]?.({
      engine,
      faults,
      id,
      body: isRecord(body) ? body : {},
    });
    sendJson(response, answer === undefined ? 404 : 200, answer ?? {});
  };
}

const ROUTES: Readonly<Record<string, (call: AdminCall) => object | undefined>> = {
  'GET ledger': ({ engine }) => ({
    entries: engine.ledger,
    keys: engine.keys
      .filter((key) => !key.manager)
      .map(({ text: _, ...key }) => ({ ...key, status: engine.statusOf(key) })),
    calls: engine.calls,
  }),
  'GET key-texts': ({ engine }) => Object.fromEntries(engine.keys.map(({ id, text }) => [id, text])),
  'POST keys': ({ engine, id }) => (engine.revokeOutside(id) ? { revoked: id } : undefined),
  'POST managers': ({ engine, body }) => {
    const environment = ENVIRONMENTS.find((name) => name === body.environment);
    if (!environment || typeof body.organization !== 'string') return undefined;
    const { id, text } = engine.createManager(environment, body.organization);
    return { id, key: text };
  },
  'POST settings': ({ engine, body: { permissionChange } }) => {
    if (permissionChange !== 'InPlace' && permissionChange !== 'NewKey') return undefined;
    engine.settings.permissionChange = permissionChange;
    return engine.settings;
  },
  'POST faults': ({ faults, id, body }) => {
    const operation = OPERATIONS.find((name) => name === id);
    const fault = readFault(body);
    if (!operation || !fault) return undefined;
    faults.inject(operation, fault, Number(body.times ?? 1));
    return { operation, fault };
  },
};

function readFault({ type, status, executed, retryAfterSeconds }: AdminCall['body']): Fault | undefined {
  if (type === 'DropBefore' || type === 'DropAfter' || type === 'BlackHole') return { type };
  if (type !== 'Answer' || typeof status !== 'number') return undefined;
  const retry = typeof retryAfterSeconds === 'number' ? { retryAfterSeconds } : {};
  return { type, status, executed: executed === true, ...retry };
}
