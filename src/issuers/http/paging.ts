import type { HttpRequest } from '../../http/client.ts';
import type { DeclaredPaging } from './declaration.ts';
import { pointTo } from './pointer.ts';

/** One page: its items, and the request for the one after it. */
export interface Page {
  readonly items: readonly unknown[];
  readonly next: HttpRequest | undefined;
}

/** The first request of a list. */
export function firstPage(request: HttpRequest, paging: DeclaredPaging | undefined): HttpRequest {
  if (!paging?.page) return request;
  const { parameter, first = 1 } = paging.page;
  return { ...request, query: { ...request.query, [parameter]: String(first) } };
}

/** Reads an answer to `request`; undefined where it is no list. An empty page is the last one, whatever it says of a next. */
export function readPage(
  body: unknown,
  request: HttpRequest,
  pointer: string,
  paging: DeclaredPaging | undefined,
): Page | undefined {
  const items = pointTo(body, pointer);
  if (!Array.isArray(items)) return undefined;
  return { items, next: items.length === 0 ? undefined : nextPage(body, items.length, request, paging) };
}

function nextPage(
  body: unknown,
  count: number,
  request: HttpRequest,
  paging: DeclaredPaging | undefined,
): HttpRequest | undefined {
  if (paging?.page) {
    const { parameter, size } = paging.page;
    if (size !== undefined && count < size) return undefined;
    return { ...request, query: { ...request.query, [parameter]: String(Number(request.query?.[parameter]) + 1) } };
  }
  if (paging?.cursor) {
    const cursor = wordAt(body, paging.cursor.pointer);
    return cursor === undefined
      ? undefined
      : { ...request, query: { ...request.query, [paging.cursor.parameter]: cursor } };
  }
  // The address has the query of its own; that it stays at the origin is the client's business.
  const { query: _, ...rest } = request;
  const address = paging?.link && wordAt(body, paging.link.pointer);
  return address ? { ...rest, path: address } : undefined;
}

function wordAt(body: unknown, pointer: string): undefined | string {
  const word = pointTo(body, pointer);
  if (typeof word === 'number') return String(word);
  return typeof word === 'string' && word !== '' ? word : undefined;
}
