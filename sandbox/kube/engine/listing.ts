import { groupVersion, type KubeList, type KubeObject } from './object.ts';
import type { ResourceDefinition } from './resource.ts';
import type { Matcher } from './selectors.ts';
import { badRequest, expired, StatusError, tooLargeResourceVersion } from './status.ts';
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

interface Page {
  revision: number;
  after: string;
}

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
  throw badRequest('continue key is not valid');
}

function firstPage(store: Store, { resourceVersion = '', resourceVersionMatch }: ListQuery): Page {
  if (Number(resourceVersion) > store.revision) throw tooLargeResourceVersion(resourceVersion, store.revision);
  const exact = resourceVersionMatch === 'Exact' && resourceVersion !== '';
  return { revision: exact ? Number(resourceVersion) : store.revision, after: '' };
}

function snapshot(store: Store, resource: string, page: Page): KubeObject[] {
  try {
    return [...store.snapshot(resource, page.revision).values()];
  } catch (error) {
    if (!(error instanceof StatusError) || page.after === '') throw error;
    const advice = 'You can start a new list without the continue parameter.';
    throw expired(`The provided continue parameter is too old to display a consistent list result. ${advice}`);
  }
}

/** Answers a LIST page from one snapshot of the store; the pages of one list share its resourceVersion. */
export function listPage(
  store: Store,
  resource: string,
  definition: ResourceDefinition,
  matches: Matcher,
  query: ListQuery,
): KubeList {
  const page = query.continue ? decodePage(query.continue) : firstPage(store, query);
  const rest = snapshot(store, resource, page)
    .filter((object) => matches(object) && keyOf(object) > page.after)
    .sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  const items = query.limit ? rest.slice(0, query.limit) : rest;
  const last = items.at(-1);
  const more = last !== undefined && rest.length > items.length;
  const remaining =
    !query.labelSelector && !query.fieldSelector ? { remainingItemCount: rest.length - items.length } : {};
  return {
    kind: definition.listKind,
    apiVersion: groupVersion(definition.group, definition.version),
    metadata: {
      resourceVersion: String(page.revision),
      ...(more && { continue: encodePage({ revision: page.revision, after: keyOf(last) }), ...remaining }),
    },
    items,
  };
}
