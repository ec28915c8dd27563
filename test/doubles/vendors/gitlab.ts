import type { VendorKey } from './vendor-keys.ts';
import { bearerOf, type Vendor, type VendorAnswer, type VendorCall } from './vendor-server.ts';

const TOKENS = '/api/v4/projects/:project/access_tokens';
/** Less than GitLab's hundred, so that a handful of tokens fills pages. */
const MAX_PER_PAGE = 2;
const OWNER = 'glpat-owner-of-the-project';
const UNAUTHORIZED = { status: 401, body: { message: '401 Unauthorized' } };
const NOT_FOUND = { status: 404, body: { message: '404 Not found' } };

/** Project access tokens of GitLab: https://docs.gitlab.com/api/project_access_tokens/ */
export const GITLAB: Vendor = {
  endpoints: {
    [`POST ${TOKENS}`]: owner(({ keys, body }) => {
      const { name, scopes, expires_at: expiresAt, access_level: level } = body;
      if (!/^\d{4}-\d{2}-\d{2}$/.test(String(expiresAt)) || typeof level !== 'number')
        return { status: 400, body: { message: '400 Bad request' } };
      const id = keys.all.length + 42;
      const key = keys.issue({
        id: String(id),
        text: `glpat-${'x'.repeat(20)}${id}`,
        label: name,
        permissions: scopes,
        expiresAt,
      });
      return { status: 201, body: { ...shown(key), token: key.text } };
    }),
    // As https://docs.gitlab.com/api/rest/#pagination-link-header describes it.
    [`GET ${TOKENS}`]: owner(({ keys, query, origin, at }) => {
      const [page, size] = [
        Number(query.get('page') ?? 1),
        Math.min(Number(query.get('per_page') ?? 20), MAX_PER_PAGE),
      ];
      const link = (rel: string, to: number) =>
        `<${origin}/api/v4/projects/${at.project}/access_tokens?page=${to}&per_page=${size}>; rel="${rel}"`;
      const last = Math.max(1, Math.ceil(keys.all.length / size));
      const links = [...(page < last ? [link('next', page + 1)] : []), link('first', 1), link('last', last)];
      const body = keys.all.slice((page - 1) * size, page * size).map(shown);
      return { status: 200, body, headers: { link: links.join(', ') } };
    }),
    [`GET ${TOKENS}/:token`]: owner(({ keys, at }) => {
      const key = keys.byID(at.token);
      return key ? { status: 200, body: shown(key) } : NOT_FOUND;
    }),
    [`DELETE ${TOKENS}/:token`]: owner(({ keys, at }) => {
      const key = keys.byID(at.token);
      if (!key?.isAlive) return NOT_FOUND;
      key.isAlive = false;
      return { status: 204 };
    }),
    'GET /api/v4/personal_access_tokens/self': (call) => {
      if (bearerOf(call) === OWNER) return { status: 200, body: { id: 1, name: 'owner', scopes: ['api'] } };
      const key = call.keys.byText(bearerOf(call));
      if (!key) return UNAUTHORIZED;
      key.lastUsedAt = '2030-01-02T04:00:00.000Z';
      return { status: 200, body: shown(key) };
    },
  },
};

function owner(answer: (call: VendorCall) => VendorAnswer): (call: VendorCall) => VendorAnswer {
  return (call) => {
    if (bearerOf(call) !== OWNER) return UNAUTHORIZED;
    return call.at.project === '7' ? answer(call) : NOT_FOUND;
  };
}

function shown({ id, label, permissions, createdAt, expiresAt, isAlive, lastUsedAt }: VendorKey) {
  return {
    id: Number(id),
    name: label,
    scopes: permissions,
    created_at: createdAt,
    expires_at: expiresAt,
    last_used_at: lastUsedAt ?? null,
    revoked: !isAlive,
    active: isAlive,
    access_level: 30,
  };
}
