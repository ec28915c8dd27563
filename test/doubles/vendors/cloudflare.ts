import type { VendorKey } from './vendor-keys.ts';
import { bearerOf, type Vendor, type VendorAnswer, type VendorCall } from './vendor-server.ts';

const TOKENS = '/client/v4/accounts/:account/tokens';
const UNAUTHORIZED = failed(401, 1000, 'Invalid API Token');
const NOT_FOUND = failed(404, 1003, 'API Token not found');

const INVALID_RESOURCE = failed(400, 1001, 'Invalid resource in a policy');

interface Policy {
  readonly resources: Readonly<Record<string, string>>;
  readonly permission_groups: readonly { readonly id: string }[];
}

/** Account owned tokens of Cloudflare: https://developers.cloudflare.com/api/resources/accounts/subresources/tokens/ */
export const CLOUDFLARE: Vendor = {
  endpoints: {
    // Before `:token`, which would match it too.
    [`GET ${TOKENS}/verify`]: (call) => {
      const key = call.keys.byText(bearerOf(call));
      return key ? succeeded({ id: key.id, status: 'active' }) : UNAUTHORIZED;
    },
    [`POST ${TOKENS}`]: admin(({ keys, body, at }) => {
      const [policy] = body.policies as readonly Policy[];
      if (policy?.resources[`com.cloudflare.api.account.${at.account}`] !== '*') return INVALID_RESOURCE;
      const id = `ed17574386854bf78a67040be0a7${String(keys.all.length).padStart(4, '0')}`;
      const permissions = policy?.permission_groups.map((group) => group.id);
      const key = keys.issue({ id, text: `${'x'.repeat(36)}${id.slice(-4)}`, label: body.name, permissions });
      return succeeded({ ...shown(key), value: key.text });
    }),
    [`GET ${TOKENS}`]: admin(({ keys, query }) => {
      const [page, size] = [Number(query.get('page')), Number(query.get('per_page'))];
      const alive = keys.all.filter(({ isAlive }) => isAlive);
      return succeeded(alive.slice((page - 1) * size, page * size).map(shown));
    }),
    [`GET ${TOKENS}/:token`]: admin(({ keys, at }) => {
      const key = keys.byID(at.token);
      return key?.isAlive ? succeeded(shown(key)) : NOT_FOUND;
    }),
    [`DELETE ${TOKENS}/:token`]: admin(({ keys, at }) => {
      const key = keys.byID(at.token);
      if (!key?.isAlive) return NOT_FOUND;
      key.isAlive = false;
      return succeeded({ id: key.id });
    }),
  },
};

function admin(answer: (call: VendorCall) => VendorAnswer): (call: VendorCall) => VendorAnswer {
  return (call) => (bearerOf(call) === 'token-that-makes-tokens' ? answer(call) : UNAUTHORIZED);
}

function shown({ id, label, permissions, createdAt }: VendorKey) {
  const groups = permissions.map((group) => ({ id: group, name: `Group ${group}` }));
  return {
    id,
    name: label,
    status: 'active',
    issued_on: createdAt,
    policies: [{ effect: 'allow', permission_groups: groups }],
  };
}

function succeeded(result: unknown): VendorAnswer {
  return { status: 200, body: { success: true, errors: [], messages: [], result } };
}

function failed(status: number, code: number, message: string): VendorAnswer {
  return { status, body: { success: false, errors: [{ code, message }], messages: [], result: null } };
}
