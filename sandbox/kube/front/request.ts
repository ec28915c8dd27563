import type { IncomingMessage, ServerResponse } from 'node:http';
import type { KubeEngine } from '../engine/engine.ts';
import type { UserInfo } from '../engine/object.ts';
import { resourceKey } from '../engine/resource.ts';
import { methodNotAllowed } from '../engine/status.ts';
import { fieldMatcher, labelMatcher } from '../engine/storage/selectors.ts';
import { authorize } from './authentication.ts';
import { withoutTypes } from './collection.ts';
import type { Reply } from './message.ts';
import { listQuery } from './options.ts';
import { createPresenter, type Presentation, represent } from './representation.ts';
import { objectKey, type Target } from './route.ts';
import { serveWatch, type WatchStream } from './watch-stream.ts';
import { write } from './write.ts';

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

/** What RBAC calls a request. */
export type Verb = 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete' | 'deletecollection';

function verbOf({ request, target, query }: ResourceRequest): Verb {
  const named = target.name !== undefined;
  switch (request.method) {
    case 'GET':
      if (named) return 'get';
      return /^(1|true)$/.test(query.get('watch') ?? '') ? 'watch' : 'list';
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

function presentationOf({ engine, target, request, query }: ResourceRequest): Presentation {
  return { definition: target.definition, accept: request.headers.accept, query, now: engine.now() };
}

function list({ engine, target, query }: ResourceRequest): Reply {
  const collection = { ...target, resource: resourceKey(target.definition) };
  return { code: 200, body: withoutTypes(target.definition, engine.list(collection, listQuery(query, target))) };
}

function get({ engine, target, query }: ResourceRequest): Reply {
  return { code: 200, body: engine.get(objectKey(target), query.get('resourceVersion') ?? '') };
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
  // Selectors that make no sense are refused before the stream begins.
  labelMatcher(watchQuery.labelSelector);
  fieldMatcher(watchQuery.fieldSelector, target.definition.fieldSelectors, target.definition.custom);
  const timeoutSeconds = Number(query.get('timeoutSeconds')) || undefined;
  serveWatch(
    engine,
    { collection, query: watchQuery, timeoutSeconds, show: createPresenter(presentationOf(exchange)) },
    response,
    watches,
  );
}

/** Handles one request to a resource; a watch is served here and has no reply. Throws the StatusError to answer. */
export async function handleResource(exchange: ResourceRequest): Promise<Reply | undefined> {
  const { engine, target, user } = exchange;
  const verb = verbOf(exchange);
  const { group, resource } = target.definition;
  // To RBAC a namespace lies within itself.
  const namespace = target.namespace ?? (resource === 'namespaces' && group === '' ? target.name : undefined);
  authorize(engine, user, { ...target, namespace, verb, group, resource });
  if (verb === 'watch') {
    watch(exchange);
    return undefined;
  }
  const read = verb === 'list' ? list : verb === 'get' ? get : undefined;
  const reply = read ? read(exchange) : await write(exchange, verb);
  return represent(reply, presentationOf(exchange));
}
