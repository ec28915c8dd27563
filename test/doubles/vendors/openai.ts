import type { VendorKey } from './vendor-keys.ts';
import { bearerOf, type Vendor, type VendorAnswer, type VendorCall } from './vendor-server.ts';

const ACCOUNTS = '/v1/organization/projects/:project/service_accounts';
const UNAUTHORIZED = {
  status: 401,
  body: { error: { code: 'invalid_api_key', message: 'Incorrect API key provided' } },
};
const NOT_FOUND = { status: 404, body: { error: { code: 'not_found', message: 'No such service account' } } };

/** Project service accounts of OpenAI, each with one key: https://platform.openai.com/docs/api-reference/project-service-accounts */
export const OPENAI: Vendor = {
  endpoints: {
    [`POST ${ACCOUNTS}`]: admin(({ keys, body }) => {
      const id = `svc_acct_${String(keys.all.length).padStart(6, '0')}`;
      const key = keys.issue({ id, text: `sk-svcacct-${'x'.repeat(40)}${id.slice(-6)}`, label: body.name });
      const secret = {
        object: 'organization.project.service_account.api_key',
        value: key.text,
        name: 'Secret Key',
        id: 'key_abc',
      };
      return { status: 200, body: { ...shown(key), api_key: secret } };
    }),
    [`GET ${ACCOUNTS}`]: admin(({ keys, query }) => {
      const alive = keys.all.filter(({ isAlive }) => isAlive);
      const from = alive.findIndex(({ id }) => id === query.get('after')) + 1;
      const data = alive.slice(from, from + Number(query.get('limit'))).map(shown);
      const more = from + data.length < alive.length;
      return {
        status: 200,
        body: { object: 'list', data, first_id: data[0]?.id, last_id: data.at(-1)?.id, has_more: more },
      };
    }),
    [`GET ${ACCOUNTS}/:account`]: admin(({ keys, at }) => {
      const key = keys.byID(at.account);
      return key?.isAlive ? { status: 200, body: shown(key) } : NOT_FOUND;
    }),
    [`DELETE ${ACCOUNTS}/:account`]: admin(({ keys, at }) => {
      const key = keys.byID(at.account);
      if (!key?.isAlive) return NOT_FOUND;
      key.isAlive = false;
      return {
        status: 200,
        body: { object: 'organization.project.service_account.deleted', id: key.id, deleted: true },
      };
    }),
    'GET /v1/organization/projects': admin(() => ({
      status: 200,
      body: { object: 'list', data: [], has_more: false },
    })),
    'GET /v1/models': (call) =>
      call.keys.byText(bearerOf(call)) ? { status: 200, body: { object: 'list', data: [] } } : UNAUTHORIZED,
  },
};

function admin(answer: (call: VendorCall) => VendorAnswer): (call: VendorCall) => VendorAnswer {
  return (call) => {
    if (bearerOf(call) !== 'sk-admin-of-the-organization') return UNAUTHORIZED;
    return (call.at.project ?? 'proj_abc') === 'proj_abc' ? answer(call) : NOT_FOUND;
  };
}

function shown({ id, label }: VendorKey) {
  return { object: 'organization.project.service_account', id, name: label, role: 'member', created_at: 1_893_553_445 };
}
