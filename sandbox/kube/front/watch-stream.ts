import type { ServerResponse } from 'node:http';
import type { KubeEngine } from '../engine/engine.ts';
import type { JsonObject } from '../engine/json.ts';
import type { CollectionKey, WatchEvent } from '../engine/object.ts';
import { expired, type FailureStatus, StatusError } from '../engine/status.ts';
import type { WatchQuery } from '../engine/storage/listing.ts';

/** One open watch. */
export interface WatchStream {
  cut(): void;
  expire(): void;
  freeze(): void;
}

/** How a watch is served; `show` turns objects into what the client asked for (itself, or a Table). */
export interface WatchRequest {
  collection: CollectionKey;
  query: WatchQuery;
  timeoutSeconds: number | undefined;
  show: (object: JsonObject) => JsonObject;
}

const defaultTimeoutSeconds = 1800;
/** What timers can count to. */
const maxTimeoutSeconds = 2_147_483;

/** Serves a watch as JSON lines until its time is over or the client leaves. Throws what is wrong with the request. */
export function serveWatch(
  engine: KubeEngine,
  { collection, query, timeoutSeconds = defaultTimeoutSeconds, show }: WatchRequest,
  response: ServerResponse,
  streams: Set<WatchStream>,
): void {
  let cancel = () => {};
  let isFrozen = false;
  const begin = () => {
    if (response.headersSent) return;
    response.writeHead(200, { 'Content-Type': 'application/json', 'Cache-Control': 'no-cache, private' });
    response.flushHeaders();
  };
  const write = (type: string, object: JsonObject) => {
    begin();
    if (!isFrozen && response.writable) response.write(`${JSON.stringify({ type, object })}\n`);
  };
  const send = ({ type, object }: WatchEvent) => write(type, type === 'BOOKMARK' ? object : show(object));
  const fail = (status: FailureStatus) => {
    write('ERROR', status);
    response.end();
  };
  const stream: WatchStream = {
    cut: () => response.destroy(),
    expire: () => fail(expired('the watch was ended by an injected fault').status),
    freeze: () => {
      isFrozen = true;
    },
  };
  try {
    cancel = engine.watch(collection, query, send);
    begin();
  } catch (error) {
    if (!(error instanceof StatusError) || error.code !== 410) throw error;
    fail(error.status);
  }
  const timer = setTimeout(() => {
    if (!isFrozen) response.end();
  }, Math.min(timeoutSeconds, maxTimeoutSeconds) * 1000);
  response.once('close', () => {
    clearTimeout(timer);
    streams.delete(stream);
    cancel();
  });
  streams.add(stream);
}
