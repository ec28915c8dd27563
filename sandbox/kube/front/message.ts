import type { IncomingMessage, ServerResponse } from 'node:http';
import { parse } from 'yaml';
import { isObject, type Json, type JsonObject } from '../engine/json.ts';
import { StatusError, unsupportedMediaType } from '../engine/status.ts';
import { duplicateFields } from '../engine/writes/duplicate-fields.ts';
import { decodeProtobuf } from './protobuf.ts';

const maxBodyBytes = 3 * 1024 * 1024;

async function readBytes(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > maxBodyBytes) {
      throw new StatusError(413, 'RequestEntityTooLarge', `Request entity too large: limit is ${maxBodyBytes}`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Words the refusal of a text for what is wrong with it. */
export type Refuse = (why: string, text: string) => StatusError;

/** A syntax error in the words of Go's JSON scanner, as far as V8 tells what is wrong. */
function syntaxError(error: unknown, text: string): string {
  const why = error instanceof SyntaxError ? error.message : '';
  const [, token] = /^Unexpected token '(.)'/.exec(why) ?? [];
  if (token !== undefined) return `invalid character '${token}' looking for beginning of value`;
  const [, position = text.length] = /at position (\d+)/.exec(why) ?? [];
  return Number(position) >= text.length ? 'unexpected end of JSON input' : 'invalid syntax';
}

function decode(text: string, mediaType: string, refuse: Refuse): Json {
  try {
    return mediaType.includes('yaml') ? parse(text, { version: '1.1' }) : JSON.parse(text);
  } catch (error) {
    throw refuse(syntaxError(error, text), text);
  }
}

/** The media type of a body without parameters. */
export function mediaTypeOf(request: IncomingMessage): string {
  return (request.headers['content-type'] ?? 'application/json').split(';', 1)[0]?.trim() ?? '';
}

/** A body and, where it was a text, that text; of JSON also the fields that it has more than once. */
export interface Body {
  value: Json;
  text: string;
  duplicates: string[];
}

/** Reads a JSON, YAML or kubectl's protobuf body; null when there is none. Throws what `refuse` makes, 413, 415. */
export async function readBody(request: IncomingMessage, refuse: Refuse): Promise<Body> {
  const mediaType = mediaTypeOf(request);
  const bytes = await readBytes(request);
  if (bytes.length === 0) return { value: null, text: '', duplicates: [] };
  if (mediaType === 'application/vnd.kubernetes.protobuf') {
    return { value: decodeProtobuf(bytes), text: '', duplicates: [] };
  }
  const text = bytes.toString();
  const known = request.method === 'PATCH' ? /-patch\+(json|yaml)$/ : /^application\/(json|yaml)$/;
  if (known.test(mediaType)) {
    const value = decode(text, mediaType, refuse);
    return { value, text, duplicates: mediaType.endsWith('json') ? duplicateFields(text) : [] };
  }
  const accepted = 'application/json, application/yaml, application/vnd.kubernetes.protobuf';
  throw unsupportedMediaType(
    `the body of the request was in an unknown format - accepted media types include: ${accepted}`,
  );
}

/** What goes back to the client. */
export interface Reply {
  code: number;
  /** A text goes out as it is. */
  body: JsonObject | string;
  contentType?: string | undefined;
}

/** Sends a reply and ends the response. */
export function send(response: ServerResponse, { code, body, contentType = 'application/json' }: Reply): void {
  const retryAfter = isObject(body) && isObject(body.details) ? body.details.retryAfterSeconds : undefined;
  if (retryAfter !== undefined) response.setHeader('Retry-After', String(retryAfter));
  response.writeHead(code, {
    ...(contentType && { 'Content-Type': contentType }),
    'Cache-Control': 'no-cache, private',
  });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
}

/** The reply to a refused request: a StatusError as itself, anything else as 500. */
export function errorReply(error: unknown): Reply {
  const why = error instanceof Error ? error.message : String(error);
  const failure =
    error instanceof StatusError ? error : new StatusError(500, 'InternalError', `Internal error occurred: ${why}`);
  return { code: failure.code, body: failure.status };
}
