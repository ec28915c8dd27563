import type { IncomingMessage, ServerResponse } from 'node:http';
import type { WriteOptions } from '../engine/admission.ts';
import type { DeleteOptions } from '../engine/deletion.ts';
import type { KubeEngine } from '../engine/engine.ts';
import { asString, dig, type Json, type JsonObject } from '../engine/json.ts';
import type { ListQuery } from '../engine/listing.ts';
import type { KubeObject, UserInfo } from '../engine/object.ts';
import type { Patch } from '../engine/patch.ts';
import { resourceKey } from '../engine/resource.ts';
import { badRequest, methodNotAllowed, unsupportedMediaType } from '../engine/status.ts';
import { authorize } from './authentication.ts';
import { mediaTypeOf, type Reply, readBody } from './message.ts';
import { objectKey, type Target } from './route.ts';
import { type Inclusion, listTable, toTable, wantsTable } from './table.ts';
import { serveWatch, type WatchStream } from './watch-stream.ts';

/** One request to a resource, with all that its handling needs. */
export interface ResourceRequest {
  engine: KubeEngine;
  target: Target;
  user: UserInfo;
  query: URLSearchParams;
  request: IncomingMessage;
  response: ServerResponse;
  watches: Set<WatchStream>;
}

type Verb = 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete' | 'deletecollection';

const patchTypes: { [mediaType: string]: Patch['type'] } = {
  'application/json-patch+json': 'json',
  'application/merge-patch+json': 'merge',
  'application/strategic-merge-patch+json': 'strategic',
};

function verbOf({ request, target, query }: ResourceRequest): Verb {
  const named = target.name !== undefined;
  switch (request.method) {
    case 'GET':
      if (/^(1|true)$/.test(query.get('watch') ?? '')) return 'watch';
      return named ? 'get' : 'list';
    case 'POST':
      return 'create';
    case 'PUT':
      return 'update';
    case 'PATCH':
      return 'patch';
    case 'DELETE':
      return named ? 'delete' : 'deletecollection';
    default:
      throw methodNotAllowed();
  }
}

function listQuery(query: URLSearchParams, target: Target): ListQuery {
  const text = (name: string) => query.get(name) ?? undefined;
  const byName = target.name === undefined ? undefined : `metadata.name=${target.name}`;
  return {
    labelSelector: text('labelSelector'),
    fieldSelector: [text('fieldSelector'), byName].filter(Boolean).join(',') || undefined,
    limit: Number(query.get('limit')) || undefined,
    continue: text('continue'),
    resourceVersion: text('resourceVersion'),
    resourceVersionMatch: text('resourceVersionMatch'),
  };
}

function writeOptions(query: URLSearchParams, response: ServerResponse): WriteOptions {
  const given = query.get('fieldValidation');
  const fieldValidation = given === 'Strict' || given === 'Ignore' ? given : 'Warn';
  const warn = (message: string) => response.appendHeader('Warning', `299 - "${message.replace(/["\\]/g, '\\$&')}"`);
  return { fieldValidation, warn, dryRun: query.get('dryRun') === 'All' };
}

function deleteOptions(query: URLSearchParams, body: Json): DeleteOptions {
  const text = (...path: string[]) => asString(dig(body, ...path)) || undefined;
  const dryRuns = dig(body, 'dryRun');
  return {
    preconditions: { uid: text('preconditions', 'uid'), resourceVersion: text('preconditions', 'resourceVersion') },
    propagationPolicy: query.get('propagationPolicy') ?? text('propagationPolicy'),
    dryRun: query.get('dryRun') === 'All' || (Array.isArray(dryRuns) && dryRuns.includes('All')),
  };
}

/** Turns objects into what the Accept header asks for; in a watch only the first Table has column definitions. */
function presenter({ engine, target, request, query }: ResourceRequest): (object: KubeObject) => JsonObject {
  const inclusion = inclusionOf(query);
  let shown = false;
  return (object) => {
    if (!wantsTable(request.headers.accept)) return object;
    const metadata = { resourceVersion: object.metadata.resourceVersion };
    const table = toTable(target.definition, [object], metadata, engine.now(), inclusion);
    if (shown) table.columnDefinitions = null;
    shown = true;
    return table;
  };
}

function inclusionOf(query: URLSearchParams): Inclusion {
  const given = query.get('includeObject');
  return given === 'None' || given === 'Object' ? given : 'Metadata';
}

function list({ engine, target, query, request }: ResourceRequest): Reply {
  const result = engine.list({ ...target, resource: resourceKey(target.definition) }, listQuery(query, target));
  const asTable = wantsTable(request.headers.accept);
  if (asTable) return { code: 200, body: listTable(target.definition, result, engine.now(), inclusionOf(query)) };
  if (target.definition.custom) return { code: 200, body: result };
  // The items of built-in lists do not say what they are, since the list does.
  const items: Json[] = result.items.map(({ apiVersion: _version, kind: _kind, ...item }) => item);
  return { code: 200, body: { ...result, items } };
}

function watch(exchange: ResourceRequest): void {
  const { engine, target, query, response, watches } = exchange;
  const isSet = (name: string) => query.get(name) === 'true';
  const collection = { resource: resourceKey(target.definition), namespace: target.namespace };
  const watchQuery = {
    ...listQuery(query, target),
    allowWatchBookmarks: isSet('allowWatchBookmarks'),
    sendInitialEvents: isSet('sendInitialEvents'),
  };
  const timeoutSeconds = Number(query.get('timeoutSeconds')) || undefined;
  serveWatch(engine, { collection, query: watchQuery, timeoutSeconds, show: presenter(exchange) }, response, watches);
}

function create({ engine, target, query, response, user }: ResourceRequest, body: Json): Reply {
  const { definition, namespace, name, subresource } = target;
  if (subresource === 'token' && name !== undefined) {
    return { code: 201, body: engine.createToken({ namespace, name }, body) };
  }
  if (name !== undefined) throw methodNotAllowed();
  const collection = { resource: resourceKey(definition), namespace };
  return { code: 201, body: engine.create(collection, body, writeOptions(query, response), user) };
}

function patchOf(request: IncomingMessage, body: Json): Patch {
  const type = patchTypes[mediaTypeOf(request)];
  if (type) return { type, body };
  const accepted = Object.keys(patchTypes).join(', ');
  throw unsupportedMediaType(
    `the body of the request was in an unknown format - accepted media types include: ${accepted}`,
  );
}

function remove({ engine, target, query }: ResourceRequest, body: Json): Reply {
  const { definition } = target;
  const { object, removed } = engine.delete(objectKey(target), deleteOptions(query, body));
  if (!removed || definition.returnsDeleted) return { code: 200, body: object };
  const { name, uid } = object.metadata;
  const details = { name, ...(definition.group && { group: definition.group }), kind: definition.resource, uid };
  return { code: 200, body: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details } };
}

function removeAll({ engine, target, query }: ResourceRequest, body: Json): Reply {
  const resource = resourceKey(target.definition);
  const found = engine.list({ resource, namespace: target.namespace }, listQuery(query, target));
  for (const { metadata } of found.items) engine.delete({ ...metadata, resource }, deleteOptions(query, body));
  return { code: 200, body: found };
}

async function write(exchange: ResourceRequest, verb: Verb): Promise<Reply> {
  const { engine, target, query, request, response } = exchange;
  const body = await readBody(request);
  if (verb === 'delete') return remove(exchange, body);
  if (verb === 'deletecollection') return removeAll(exchange, body);
  if (body === null) throw badRequest('the request has no body');
  if (verb === 'create') return create(exchange, body);
  const options = writeOptions(query, response);
  if (verb === 'update') {
    const code = engine.exists(objectKey(target)) ? 200 : 201;
    return { code, body: engine.update(objectKey(target), body, options) };
  }
  return { code: 200, body: engine.patch(objectKey(target), patchOf(request, body), options) };
}

/** Handles one request to a resource; a watch is served here and has no reply. Throws the StatusError to answer. */
export async function handleResource(exchange: ResourceRequest): Promise<Reply | undefined> {
  const { engine, target, user } = exchange;
  const verb = verbOf(exchange);
  const { group, resource } = target.definition;
  authorize(engine, user, { ...target, verb, group, resource });
  if (verb === 'list') return list(exchange);
  if (verb === 'get') return { code: 200, body: presenter(exchange)(engine.get(objectKey(target))) };
  if (verb !== 'watch') return write(exchange, verb);
  watch(exchange);
  return undefined;
}
