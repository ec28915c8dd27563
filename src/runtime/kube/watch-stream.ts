import type { Readable } from 'node:stream';
import type { KubeObject, WatchEvent } from './kube-api.ts';
import { withoutManagedFields } from './managed-fields.ts';
import { type Attempted, isStatus, noAnswerError, statusError } from './status-error.ts';

/** One line of a watch as it stands on the wire. */
type WireEvent<T> =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'; readonly object: T }
  | { readonly type: 'BOOKMARK'; readonly object: KubeObject }
  | { readonly type: 'ERROR'; readonly object: unknown };

/** Reads the events of a watch answer; throws CallError at an ERROR event or an unreadable line. */
export async function* readEvents<T extends KubeObject>(
  body: Readable,
  attempted: Attempted,
  maxLineBytes: number,
): AsyncGenerator<WatchEvent<T>> {
  for await (const line of readLines(body, attempted, maxLineBytes))
    yield toEvent(parseLine<T>(line, attempted), attempted);
}

/** Splits at line feeds. Collects chunks and joins them once a line, so that a long line costs no quadratic copying. */
async function* readLines(body: Readable, attempted: Attempted, maxBytes: number): AsyncGenerator<string> {
  let pending: Buffer[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    let start = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, start)) {
      const line = Buffer.concat([...pending, chunk.subarray(start, end)]).toString('utf8');
      pending = [];
      size = 0;
      start = end + 1;
      if (line.trim()) yield line;
    }
    size += chunk.length - start;
    if (size > maxBytes) throw noAnswerError(attempted, 'AnswerTooLarge', `an event is larger than ${maxBytes} bytes`);
    if (start < chunk.length) pending.push(chunk.subarray(start));
  }
}

function parseLine<T>(line: string, attempted: Attempted): WireEvent<T> {
  try {
    return JSON.parse(line);
  } catch {
    throw noAnswerError(attempted, 'UnexpectedAnswer', 'the Kubernetes API sent an event that is no JSON');
  }
}

function toEvent<T extends KubeObject>(event: WireEvent<T>, attempted: Attempted): WatchEvent<T> {
  switch (event.type) {
    case 'ADDED':
    case 'MODIFIED':
    case 'DELETED':
      return { type: event.type, object: withoutManagedFields(event.object) };
    case 'BOOKMARK':
      return { type: 'BOOKMARK', resourceVersion: event.object.metadata.resourceVersion ?? '' };
    case 'ERROR':
      throw statusError(attempted, codeOf(event.object), event.object);
    default:
      throw noAnswerError(attempted, 'UnexpectedAnswer', 'the Kubernetes API sent an event of an unknown type');
  }
}

function codeOf(status: unknown): number {
  return isStatus(status) && status.code !== undefined ? status.code : 500;
}
