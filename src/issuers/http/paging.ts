import type { HttpAnswer, HttpRequest } from '../../http/client.ts';
import { nextLink } from '../../http/link-header.ts';
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

/** Reads an answer to `request`; undefined where it is no list, or does not tell whether it goes on. */
export function readPage(
  answer: Pick<HttpAnswer, 'body' | 'link'>,
  request: HttpRequest,
  pointer: string,
  paging: DeclaredPaging | undefined,
): Page | undefined {
  const items = pointTo(answer.body, pointer);
  if (!Array.isArray(items)) return undefined;
  if (paging?.type === 'LinkHeader') return linkedPage(items, request, answer.link ?? '');
  // An empty page is the last one, whatever it says of a next.
  return { items, next: items.length === 0 ? undefined : nextPage(answer.body, items.length, request, paging) };
}

function linkedPage(items: readonly unknown[], request: HttpRequest, header: string): Page | undefined {
  const next = nextLink(header);
  if (typeof next === 'object') return undefined;
  return { items, next: next === undefined ? undefined : requestAt(next, request) };
}

/** The address has the query of its own. That it stays at the origin is the client's business. */
function requestAt(address: string, { query: _, ...request }: HttpRequest): HttpRequest {
  return { ...request, path: pathFrom(new URL(request.path, NOWHERE), address) };
}

const NOWHERE = 'http://nowhere.invalid';

/** Links may be relative to the request that was answered with them. */
function pathFrom(asked: URL, address: string): string {
  if (!URL.canParse(address, asked)) return address;
  const { origin, pathname, search, href } = new URL(address, asked);
  return origin === asked.origin ? `${pathname}${search}` : href;
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
  const address = paging?.link && wordAt(body, paging.link.pointer);
  return address ? requestAt(address, request) : undefined;
}

function wordAt(body: unknown, pointer: string): undefined | string {
  const word = pointTo(body, pointer);
  if (typeof word === 'number') return String(word);
  return typeof word === 'string' && word !== '' ? word : undefined;
}
