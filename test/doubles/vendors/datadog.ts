import type { VendorKey } from './vendor-keys.ts';
import type { Vendor, VendorAnswer, VendorCall } from './vendor-server.ts';

const FORBIDDEN = { status: 403, body: { errors: ['Forbidden'] } };
const NOT_FOUND = { status: 404, body: { errors: ['API key not found'] } };

/** API keys of Datadog: https://docs.datadoghq.com/api/latest/key-management/ */
export const DATADOG: Vendor = {
  endpoints: {
    'POST /api/v2/api_keys': admin(({ keys, body }) => {
      const { type, attributes } = body.data as { type: string; attributes: { name: string } };
      if (type !== 'api_keys') return { status: 400, body: { errors: ['Bad Request'] } };
      const id = `5a9b1c00-0000-4000-8000-${String(keys.all.length).padStart(12, '0')}`;
      const key = keys.issue({ id, text: id.replaceAll('-', ''), label: attributes.name });
      return { status: 201, body: { data: shown(key, { key: key.text }) } };
    }),
    'GET /api/v2/api_keys': admin(({ keys, query }) => {
      const [page, size] = [Number(query.get('page[number]')), Number(query.get('page[size]'))];
      const found = keys.all.filter(({ isAlive, label }) => isAlive && label.includes(query.get('filter') ?? ''));
      return { status: 200, body: { data: found.slice(page * size, (page + 1) * size).map((key) => shown(key)) } };
    }),
    // As documented, the key itself is in this answer too.
    'GET /api/v2/api_keys/:key': admin(({ keys, at }) => {
      const key = keys.byID(at.key);
      return key?.isAlive ? { status: 200, body: { data: shown(key, { key: key.text }) } } : NOT_FOUND;
    }),
    'DELETE /api/v2/api_keys/:key': admin(({ keys, at }) => {
      const key = keys.byID(at.key);
      if (!key?.isAlive) return NOT_FOUND;
      key.isAlive = false;
      return { status: 204 };
    }),
    'GET /api/v1/validate': ({ keys, headers }) =>
      keys.byText(headers['dd-api-key']?.toString()) ? { status: 200, body: { valid: true } } : FORBIDDEN,
  },
};

function admin(answer: (call: VendorCall) => VendorAnswer): (call: VendorCall) => VendorAnswer {
  return (call) => {
    const { 'dd-api-key': api, 'dd-application-key': application } = call.headers;
    return api === 'the-api-key' && application === 'the-application-key' ? answer(call) : FORBIDDEN;
  };
}

function shown({ id, label, text, createdAt }: VendorKey, more: object = {}) {
  return { type: 'api_keys', id, attributes: { name: label, created_at: createdAt, last4: text.slice(-4), ...more } };
}
