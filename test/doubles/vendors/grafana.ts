import type { VendorKey } from './vendor-keys.ts';
import { bearerOf, type Vendor, type VendorAnswer, type VendorCall } from './vendor-server.ts';

const TOKENS = '/api/serviceaccounts/:account/tokens';
const ADMIN = 'glsa_admin_of_the_organization';
const ACCOUNT = '2';

/** Service account tokens of Grafana: https://grafana.com/docs/grafana/latest/developers/http_api/serviceaccount/ */
export const GRAFANA: Vendor = {
  endpoints: {
    [`POST ${TOKENS}`]: admin(({ keys, body }) => {
      const { name, secondsToLive } = body;
      if (keys.all.some((key) => key.isAlive && key.label === name))
        return { status: 409, body: { message: 'service account token with given name already exists' } };
      if (typeof secondsToLive !== 'number') return { status: 400, body: { message: 'bad request data' } };
      const id = keys.all.length + 7;
      const { text } = keys.issue({ id: String(id), text: `glsa_${'x'.repeat(32)}_${id}`, label: name });
      return { status: 200, body: { id, name, key: text } };
    }),
    [`GET ${TOKENS}`]: admin(({ keys }) => ({
      status: 200,
      body: keys.all.filter(({ isAlive }) => isAlive).map(shown),
    })),
    [`DELETE ${TOKENS}/:token`]: admin(({ keys, at }) => {
      const key = keys.byID(at.token);
      if (!key?.isAlive) return { status: 404, body: { message: 'service account token not found' } };
      key.isAlive = false;
      return { status: 200, body: { message: 'Service account token deleted' } };
    }),
    'GET /api/serviceaccounts/search': admin(() => ({ status: 200, body: { totalCount: 0, serviceAccounts: [] } })),
    'GET /api/org': (call) =>
      call.keys.byText(bearerOf(call)) ? { status: 200, body: { id: 1, name: 'Main Org.' } } : UNAUTHORIZED,
  },
};

const UNAUTHORIZED = { status: 401, body: { message: 'Invalid API key' } };

function admin(answer: (call: VendorCall) => VendorAnswer): (call: VendorCall) => VendorAnswer {
  return (call) => {
    if (bearerOf(call) !== ADMIN) return UNAUTHORIZED;
    const { account = ACCOUNT } = call.at;
    return account === ACCOUNT ? answer(call) : { status: 404, body: { message: 'service account not found' } };
  };
}

function shown({ id, label, createdAt }: VendorKey) {
  return {
    id: Number(id),
    name: label,
    created: createdAt,
    expiration: null,
    secondsUntilExpiration: 0,
    hasExpired: false,
  };
}
