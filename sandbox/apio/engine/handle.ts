import { asStrings, isRecord } from '../../../src/http/json.ts';
import type { ApioEngine, IssueRequest } from './apio-engine.ts';
import { type ApioKey, ApioProblem, type Environment, invalidRequest, type Operation } from './types.ts';

/** A request as it came over the wire, without the wire. `path` has no query. */
export interface ApioRequest {
  readonly method: string;
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly bearer?: string | undefined;
  readonly idempotencyKey?: string | undefined;
  /** Parsed JSON. */
  readonly body?: unknown;
}

/** What goes back: a status and a JSON body. */
export interface ApioResponse {
  readonly status: number;
  readonly body: unknown;
}

const RESOURCES = ['payments', 'refunds', 'customers', 'payouts'];

/** Which operation a request is. */
export function operationOf({ method, path }: Pick<ApioRequest, 'method' | 'path'>): Operation {
  const [, version, collection = '', id, verb, ...rest] = path.split('/');
  if (version !== 'v1' || rest.length > 0) return 'other';
  if (RESOURCES.includes(collection) && id === undefined) return ['GET', 'POST'].includes(method) ? 'use' : 'other';
  if (collection !== 'api-keys') return 'other';
  if (id === undefined) return method === 'POST' ? 'issue' : method === 'GET' ? 'list' : 'other';
  if (verb === 'revoke') return method === 'POST' ? 'revoke' : 'other';
  if (verb !== undefined) return 'other';
  if (method === 'PATCH') return 'update';
  if (method !== 'GET') return 'other';
  return id === 'self' ? 'self' : 'get';
}

/** Carries out one request of one world, synchronously. */
export function handle(engine: ApioEngine, environment: Environment, request: ApioRequest): ApioResponse {
  const operation = operationOf(request);
  engine.calls[operation] += 1;
  try {
    return HANDLERS[operation](engine, environment, request);
  } catch (error) {
    if (!(error instanceof ApioProblem)) throw error;
    const { type, code, message } = error;
    return { status: error.status, body: { error: { type, code, message } } };
  }
}

type Handler = (engine: ApioEngine, environment: Environment, request: ApioRequest) => ApioResponse;

const HANDLERS: Readonly<Record<Operation, Handler>> = {
  issue: (engine, environment, { bearer, idempotencyKey, body }) => {
    const { key, replayed } = engine.issue(engine.manager(environment, bearer), readIssue(body), idempotencyKey);
    if (replayed) return { status: 200, body: show(engine, key) };
    return { status: 201, body: { ...show(engine, key), key: key.text } };
  },
  list: (engine, environment, { bearer, query = {} }) => {
    const { limit, ...rest } = query;
    const page = engine.list(engine.manager(environment, bearer), {
      ...rest,
      ...(limit ? { limit: Number(limit) || 1 } : {}),
    });
    return { status: 200, body: { data: page.keys.map((key) => show(engine, key)), nextCursor: page.next ?? null } };
  },
  get: (engine, environment, { bearer, path }) => ({
    status: 200,
    body: show(engine, engine.get(engine.manager(environment, bearer), idOf(path))),
  }),
  update: (engine, environment, { bearer, path, body }) => {
    const manager = engine.manager(environment, bearer);
    const { add, remove } = readChange(body);
    return { status: 200, body: show(engine, engine.updatePermissions(manager, idOf(path), add, remove)) };
  },
  revoke: (engine, environment, { bearer, path }) => ({
    status: 200,
    body: show(engine, engine.revoke(engine.manager(environment, bearer), idOf(path))),
  }),
  self: (engine, environment, { bearer }) => ({
    status: 200,
    body: show(engine, engine.authenticate(environment, bearer, 'probes')),
  }),
  use: (engine, environment, { method, path, bearer }) => {
    const key = engine.authenticate(environment, bearer, 'uses');
    engine.authorize(key, `${path.split('/')[2]}:${method === 'GET' ? 'read' : 'write'}`);
    return method === 'GET' ? { status: 200, body: { data: [] } } : { status: 201, body: {} };
  },
  other: () => {
    throw new ApioProblem(404, 'invalid_request_error', 'not_found', 'There is nothing here.');
  },
};

/** A key as the API shows it: never with its text. */
function show(engine: ApioEngine, key: ApioKey) {
  const { id, organization, environment, permissions, label } = key;
  const times = {
    createdAt: key.createdAt,
    expiresAt: key.expiresAt,
    lastUsedAt: engine.lastUse(key),
    revokedAt: key.revokedAt,
  };
  const shown = Object.entries(times).flatMap(([name, at]) =>
    at === undefined ? [] : [[name, new Date(at).toISOString()]],
  );
  return {
    id,
    organization,
    environment,
    permissions,
    label,
    status: engine.statusOf(key),
    ...Object.fromEntries(shown),
  };
}

function idOf(path: string): string {
  return path.split('/')[3] ?? '';
}

function readIssue(body: unknown): IssueRequest {
  if (!isRecord(body)) throw invalidRequest('invalid_body', 'The body is a JSON object.');
  const permissions = asStrings(body.permissions);
  if (!permissions) throw invalidRequest('invalid_permissions', 'permissions is a list of strings.');
  const { environment, organization, label } = body;
  if (typeof environment !== 'string') throw invalidRequest('invalid_environment', 'environment is Test or Live.');
  return { environment, permissions, organization: optionalText(organization), label: optionalText(label) };
}

function readChange(body: unknown): { add: readonly string[]; remove: readonly string[] } {
  const change = isRecord(body) && isRecord(body.permissions) ? body.permissions : {};
  const add = asStrings(change.add ?? []);
  const remove = asStrings(change.remove ?? []);
  const reasoned = isRecord(body) && typeof body.reason === 'string' && body.reason.trim() !== '';
  if (!reasoned) throw invalidRequest('missing_reason', 'A change of permissions needs a reason.');
  if (!add || !remove) throw invalidRequest('invalid_permissions', 'add and remove are lists of strings.');
  return { add, remove };
}

function optionalText(value: unknown): string | undefined {
  if (value === undefined || (typeof value === 'string' && value.length <= 255)) return value;
  throw invalidRequest('invalid_body', 'organization and label are strings of at most 255 characters.');
}
