import { CallError } from '../../http/call-error.ts';
import type { HttpAnswer, HttpRequest } from '../../http/client.ts';
import { errorOfUnusableAnswer } from '../../http/outcome.ts';
import { isOf, type Owner, parseAttemptId } from '../../key/attempt-id.ts';
import type { KeyRecord } from '../port.ts';
import type { DeclaredKey, DeclaredRequest, HttpDeclaration } from './declaration.ts';
import { firstPage, type Page, readPage } from './paging.ts';
import { readKeyLabel, readListedKey } from './record.ts';
import type { Values } from './template.ts';

export interface ListingDeps {
  readonly declared: NonNullable<HttpDeclaration['list']>;
  readonly request: (declared: DeclaredRequest, operation: string, values: Values) => HttpRequest;
  readonly manage: (request: HttpRequest) => Promise<HttpAnswer>;
  readonly name: string;
}

/** The vendor's list of keys. */
export interface Listing {
  /** What all pages show, for labels that begin with `owner` where the vendor can filter. */
  all(owner: string): Promise<readonly unknown[]>;
  /** Asks for the first page, to see that there is an answer. */
  first(operation: string): Promise<void>;
}

const MAX_PAGES = 100;

export function createListing({ declared, request, manage, name }: ListingDeps): Listing {
  const firstRequest = (owner: string, operation: string) =>
    firstPage(request(declared.request, operation, { texts: { owner } }), declared.paging);

  async function read(asked: HttpRequest): Promise<Page> {
    const page = readPage(await manage(asked), asked, declared.items, declared.paging);
    if (page) return page;
    throw errorOfUnusableAnswer({ peer: name, operation: asked.operation, idempotent: true }, 'it is no list of keys');
  }

  return {
    /** Every page, or none: a key that is left out would be taken for absent. */
    async all(owner) {
      const items: unknown[] = [];
      let next: HttpRequest | undefined = firstRequest(owner, 'list keys');
      for (let pages = 0; next && pages < MAX_PAGES; pages += 1) {
        const page: Page = await read(next);
        items.push(...page.items);
        next = page.next;
      }
      if (!next) return items;
      const why = `${name} lists more than ${MAX_PAGES} pages of keys`;
      throw new CallError('refused', 'TooManyKeys', `${why}; remove keys that are long dead there`);
    },
    async first(operation) {
      await read(firstRequest('', operation));
    },
  };
}

/**
 * The keys of one owner in a list. It has those of others too, of which nothing needs to be understood but that they are not ours;
 * undefined where one of ours has no id.
 */
export function ownedKeys(
  declared: DeclaredKey,
  environment: string,
  items: readonly unknown[],
  owner: Owner,
): readonly KeyRecord[] | undefined {
  const owned = items.filter((item) => {
    const attempt = parseAttemptId(readKeyLabel(declared, item));
    return attempt !== undefined && isOf(attempt, owner);
  });
  const records = owned.flatMap((item) => readListedKey(declared, environment, item) ?? []);
  return records.length === owned.length ? records : undefined;
}
