import type { KubeApi, KubeObject, ListQuery } from './kube-api.ts';

const PAGE_SIZE = 500;

/** The objects of a selection, page by page; who has found what it looks for stops asking for more. */
export async function* pages<T extends KubeObject>(
  kube: Pick<KubeApi, 'list'>,
  query: Omit<ListQuery, 'limit' | 'continue'>,
): AsyncGenerator<readonly T[]> {
  let next: string | undefined;
  do {
    const page = await kube.list<T>({ ...query, limit: PAGE_SIZE, continue: next });
    yield page.items;
    next = page.continue;
  } while (next);
}
