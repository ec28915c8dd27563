import type { VendorKey } from './vendor-keys.ts';
import { bearerOf, type Vendor, type VendorAnswer, type VendorCall } from './vendor-server.ts';

const UNAUTHORIZED = { status: 401, body: { errors: [{ message: 'authorization required' }] } };
const NOT_FOUND = { status: 404, body: { errors: [{ message: 'unable to find API Key' }] } };
/** Scopes that SendGrid gives every key. */
const ADDED = ['2fa_required', 'sender_verification_eligible'];

/** API keys of Twilio SendGrid: https://www.twilio.com/docs/sendgrid/api-reference/api-keys */
export const SENDGRID: Vendor = {
  endpoints: {
    'POST /v3/api_keys': admin(({ keys, body }) => {
      const id = `qfTQ6KG0QBiwWdJ0_${String(keys.all.length).padStart(5, '0')}`;
      const text = `SG.${id}.${'x'.repeat(43)}`;
      const key = keys.issue({ id, text, label: body.name, permissions: body.scopes });
      return { status: 201, body: { ...described(key), api_key: text } };
    }),
    'GET /v3/api_keys': admin(({ keys }) => ({
      status: 200,
      body: {
        result: keys.all.filter(({ isAlive }) => isAlive).map(({ id, label }) => ({ api_key_id: id, name: label })),
      },
    })),
    'GET /v3/api_keys/:key': admin(({ keys, at }) => {
      const key = keys.byID(at.key);
      return key?.isAlive ? { status: 200, body: described(key) } : NOT_FOUND;
    }),
    'DELETE /v3/api_keys/:key': admin(({ keys, at }) => {
      const key = keys.byID(at.key);
      if (!key?.isAlive) return NOT_FOUND;
      key.isAlive = false;
      return { status: 204 };
    }),
    'GET /v3/scopes': (call) => {
      const key = call.keys.byText(bearerOf(call));
      return key ? { status: 200, body: { scopes: [...key.permissions, ...ADDED] } } : UNAUTHORIZED;
    },
  },
};

function admin(answer: (call: VendorCall) => VendorAnswer): (call: VendorCall) => VendorAnswer {
  return (call) => (bearerOf(call) === 'SG.admin.of-the-account' ? answer(call) : UNAUTHORIZED);
}

function described({ id, label, permissions }: VendorKey) {
  return { api_key_id: id, name: label, scopes: [...permissions, ...ADDED] };
}
