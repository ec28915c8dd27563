import type { VendorKey } from './vendor-keys.ts';
import { basicOf, bearerOf, type Vendor, type VendorAnswer, type VendorCall } from './vendor-server.ts';

const ACCOUNTS = '/api/atlas/v2/orgs/:org/serviceAccounts';
const ADMIN = 'mdb_sa_id_admin:mdb_sa_sk_the-secret-of-the-admin';
const TOKEN = 'token-of-the-admin';
const UNAUTHORIZED = { status: 401, body: { error: 401, errorCode: 'UNAUTHORIZED' } };
const NOT_FOUND = { status: 404, body: { error: 404, errorCode: 'SERVICE_ACCOUNT_NOT_FOUND' } };
/** Versions are asked for by media type. */
const MEDIA_TYPE = 'application/vnd.atlas.2024-08-05+json';

/** Service accounts of MongoDB Atlas: https://www.mongodb.com/docs/api/doc/atlas-admin-api-v2/group/endpoint-service-accounts */
export const ATLAS: Vendor = {
  endpoints: {
    'POST /api/oauth/token': (call) => {
      const shown = basicOf(call);
      const isKey = call.keys.byText(shown[1])?.id === shown[0];
      if (call.body.grant_type !== 'client_credentials' || !(isKey || shown.join(':') === ADMIN)) return UNAUTHORIZED;
      const token = isKey ? `token-of-${shown[0]}` : TOKEN;
      return { status: 200, body: { access_token: token, expires_in: 3600, token_type: 'Bearer' } };
    },
    [`POST ${ACCOUNTS}`]: admin(({ keys, body }) => {
      const { description, roles, secretExpiresAfterHours: hours } = body;
      if (typeof hours !== 'number' || !/^[\p{L}\p{N}\-_.,' ]{1,250}$/u.test(String(description)))
        return { status: 400, body: { error: 400, errorCode: 'VALIDATION_ERROR' } };
      const id = `mdb_sa_id_${String(keys.all.length).padStart(24, '0')}`;
      const expiresAt = '2030-06-01T00:00:00Z';
      const key = keys.issue({
        id,
        text: `mdb_sa_sk_${'x'.repeat(36)}${id.slice(-4)}`,
        label: description,
        permissions: roles,
        expiresAt,
      });
      return { status: 201, body: account(key, { secret: key.text }) };
    }),
    [`GET ${ACCOUNTS}`]: admin(({ keys, query }) => {
      const [page, size] = [Number(query.get('pageNum')), Number(query.get('itemsPerPage'))];
      const alive = keys.all.filter(({ isAlive }) => isAlive);
      return { status: 200, body: { results: alive.slice((page - 1) * size, page * size).map((key) => account(key)) } };
    }),
    [`GET ${ACCOUNTS}/:account`]: admin(({ keys, at }) => {
      const key = keys.byID(at.account);
      return key?.isAlive ? { status: 200, body: account(key) } : NOT_FOUND;
    }),
    [`DELETE ${ACCOUNTS}/:account`]: admin(({ keys, at }) => {
      const key = keys.byID(at.account);
      if (!key?.isAlive) return NOT_FOUND;
      key.isAlive = false;
      return { status: 204 };
    }),
    'GET /api/atlas/v2/orgs': admin(() => ({ status: 200, body: { results: [], totalCount: 0 } })),
  },
};

function admin(answer: (call: VendorCall) => VendorAnswer): (call: VendorCall) => VendorAnswer {
  return (call) => {
    if (bearerOf(call) !== TOKEN) return UNAUTHORIZED;
    return call.headers.accept === MEDIA_TYPE ? answer(call) : { status: 406, body: { error: 406 } };
  };
}

function account({ id, label, permissions, createdAt, expiresAt }: VendorKey, more: object = {}) {
  const secret = { id: 'a1b2', createdAt, expiresAt, maskedSecretValue: 'mdb_sa_sk_...xxxx', ...more };
  return { clientId: id, name: 'rotated', description: label, roles: permissions, createdAt, secrets: [secret] };
}
