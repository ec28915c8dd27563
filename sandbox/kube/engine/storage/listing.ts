import { type FieldError, forbidden, notSupported } from '../field-error.ts';
import { groupVersion, type KubeList, type KubeObject } from '../object.ts';
import { type ResourceDefinition, resourceKey } from '../resource.ts';
import { badRequest, expired, invalidOptions, StatusError, tooLargeResourceVersion, unparsable } from '../status.ts';
import type { Matcher } from './selectors.ts';
import { keyOf, type Store } from './store.ts';

/** What a LIST may ask for; `continue` is the token of the page before. */
export interface ListQuery {
  labelSelector?: string | undefined;
  fieldSelector?: string | undefined;
  limit?: number | undefined;
  continue?: string | undefined;
  resourceVersion?: string | undefined;
  resourceVersionMatch?: string | undefined;
}

/** What a WATCH may ask for; without a resourceVersion the existing objects come first, as ADDED. */
export interface WatchQuery
  extends Pick<ListQuery, 'labelSelector' | 'fieldSelector' | 'resourceVersion' | 'resourceVersionMatch'> {
  allowWatchBookmarks?: boolean | undefined;
  /** Ends the existing objects with a bookmark annotated `k8s.io/initial-events-end`. */
  sendInitialEvents?: boolean | undefined;
}

/** What belongs to the collection, and what of it is asked for. */
export interface ListFilter {
  scope: Matcher;
  matches: Matcher;
}

interface Page {
  /** 0 is whatever is current. */
  revision: number;
  after: string;
}

const tooOld =
  'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.';

function encodePage(page: Page): string {
  return Buffer.from(JSON.stringify(page)).toString('base64url');
}

function decodePage(token: string): Page {
  try {
    const { revision, after }: { revision: unknown; after: unknown } = JSON.parse(
      Buffer.from(token, 'base64url').toString(),
    );
    if (typeof revision === 'number' && typeof after === 'string') return { revision, after };
  } catch {
    // Falls through to the same answer as a token with the wrong content.
  }
  throw badRequest('invalid continue token: continue key is not valid');
}

/** Throws for what is no version. In GET and WATCH a real server takes it for a fault of its own, hence 500. */
function assertNumber(resourceVersion: string, code: 400 | 500): void {
  if (/^\d*$/.test(resourceVersion)) return;
  const value = JSON.stringify(resourceVersion);
  const problem = `resourceVersion: Invalid value: ${value}: ${unparsable(resourceVersion)}`;
  throw code === 400 ? badRequest(`invalid resource version: ${problem}`) : new StatusError(code, '', problem);
}

/** Throws `code` for what is no version, 504 for one that lies in the future. */
export function assertReached(store: Store, resourceVersion: string, code: 400 | 500 = 400): void {
  assertNumber(resourceVersion, code);
  if (Number(resourceVersion) > store.revision) throw tooLargeResourceVersion(resourceVersion, store.revision);
}

/** Throws 422 for options that do not go together, 500 for what is no version. */
export function assertWatchable({ resourceVersion = '', resourceVersionMatch: match, sendInitialEvents }: WatchQuery) {
  const field = 'resourceVersionMatch';
  const errors: FieldError[] = [];
  if (match && !sendInitialEvents) {
    errors.push(forbidden(field, `${field} is forbidden for watch unless sendInitialEvents is provided`));
  }
  if (sendInitialEvents && match !== 'NotOlderThan') {
    errors.push(forbidden(field, `sendInitialEvents requires setting ${field} to NotOlderThan`));
  }
  if (errors.length > 0) throw invalidOptions('ListOptions', errors);
  assertNumber(resourceVersion, 500);
}

function optionErrors(query: ListQuery): FieldError[] {
  const { resourceVersion = '', resourceVersionMatch: match, continue: token } = query;
  if (!match) return [];
  const field = 'resourceVersionMatch';
  const errors: FieldError[] = [];
  if (resourceVersion === '') errors.push(forbidden(field, `${field} is forbidden unless resourceVersion is provided`));
  if (token) errors.push(forbidden(field, `${field} is forbidden when continue is provided`));
  if (match !== 'Exact' && match !== 'NotOlderThan') {
    errors.push(notSupported(field, match, ['Exact', 'NotOlderThan', '']));
  }
  if (match === 'Exact' && resourceVersion === '0') {
    errors.push(forbidden(field, `${field} "exact" is forbidden for resourceVersion "0"`));
  }
  return errors;
}

function firstPage(store: Store, { resourceVersion = '', resourceVersionMatch, limit }: ListQuery): Page {
  assertReached(store, resourceVersion);
  // A first page that names a version shows that version, unless any will do.
  const isExact = resourceVersionMatch === 'Exact' || (!resourceVersionMatch && limit !== undefined);
  const named = Number(resourceVersion);
  return { revision: isExact && named > 0 ? named : store.revision, after: '' };
}

/** By their keys. */
function snapshot(store: Store, resource: string, page: Page): [string, KubeObject][] {
  try {
    return [...store.snapshot(resource, page.revision)];
  } catch (error) {
    if (!(error instanceof StatusError)) throw error;
    if (page.after === '') throw expired('The resourceVersion for the provided list is too old.');
    const gone = expired(tooOld);
    gone.status.metadata.continue = encodePage({ revision: 0, after: page.after });
    throw gone;
  }
}

/** Answers a LIST page from one snapshot of the store; the pages of one list share its resourceVersion. */
export function listPage(
  store: Store,
  definition: ResourceDefinition,
  { scope, matches }: ListFilter,
  query: ListQuery,
): KubeList {
  const errors = optionErrors(query);
  if (errors.length > 0) throw invalidOptions('ListOptions', errors);
  const asked = query.continue ? decodePage(query.continue) : firstPage(store, query);
  const page = { ...asked, revision: asked.revision || store.revision };
  const rest = snapshot(store, resourceKey(definition), page)
    .filter(([key, object]) => key > page.after && scope(object))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, object]) => object);
  const found = rest.filter(matches);
  // The cache that answers version 0 does not page.
  const items = query.limit && query.resourceVersion !== '0' ? found.slice(0, query.limit) : found;
  const last = items.at(-1);
  // The end of a page is the end of what was read, whatever the selectors make of the rest.
  const remaining =
    last === undefined || items.length < (query.limit ?? Infinity) ? 0 : rest.length - rest.indexOf(last) - 1;
  const isCounted = !query.labelSelector && !query.fieldSelector;
  return {
    kind: definition.listKind,
    apiVersion: groupVersion(definition.group, definition.version),
    metadata: {
      ...(definition.custom && { continue: '' }),
      resourceVersion: String(page.revision),
      ...(remaining > 0 &&
        last && {
          continue: encodePage({ revision: page.revision, after: keyOf(last) }),
          ...(isCounted && { remainingItemCount: remaining }),
        }),
    },
    items,
  };
}
