import type { VendorKey } from './vendor-keys.ts';
import { basicOf, type Vendor, type VendorAnswer, type VendorCall } from './vendor-server.ts';

const KEYS = '/iam/v2/api-keys';
const UNAUTHORIZED = { status: 401, body: { errors: [{ status: '401', code: 'unauthorized' }] } };
const FORBIDDEN = { status: 403, body: { errors: [{ status: '403', code: 'forbidden_access' }] } };
const NOT_FOUND = { status: 404, body: { errors: [{ status: '404', code: 'not_found' }] } };
const PAGE = 2;

interface Spec {
  readonly description: string;
  readonly owner: { readonly id: string };
  readonly resource: { readonly id: string };
}

/** Cloud API keys of Confluent: https://docs.confluent.io/cloud/current/api.html#tag/API-Keys-(iamv2) */
export const CONFLUENT: Vendor = {
  endpoints: {
    [`POST ${KEYS}`]: admin(({ keys, body }) => {
      const { description, owner, resource } = body.spec as Spec;
      if (owner.id !== 'sa-abc123' || resource.id !== 'cloud') return { status: 422, body: { errors: [] } };
      const id = `ABCDEFGHIJKL${String(keys.all.length).padStart(4, '0')}`;
      const key = keys.issue({ id, text: `${'x'.repeat(60)}${id.slice(-4)}`, label: description });
      const { spec, ...told } = shown(key);
      return { status: 202, body: { ...told, spec: { ...spec, secret: key.text } } };
    }),
    [`GET ${KEYS}`]: admin(({ keys, query, origin }) => {
      const alive = keys.all.filter(({ isAlive }) => isAlive);
      const from = Number(query.get('page_token') ?? 0);
      const rest = alive.length > from + PAGE ? { next: `${origin}${KEYS}?page_token=${from + PAGE}` } : {};
      return { status: 200, body: { data: alive.slice(from, from + PAGE).map(shown), metadata: rest } };
    }),
    [`GET ${KEYS}/:key`]: (call) => {
      const [user] = basicOf(call);
      // A service account without a role may not read keys, but it is known for who it is.
      if (user === call.at.key) return isAlive(call) ? FORBIDDEN : UNAUTHORIZED;
      return admin(({ keys, at }) => {
        const key = keys.byID(at.key);
        return key?.isAlive ? { status: 200, body: shown(key) } : NOT_FOUND;
      })(call);
    },
    [`DELETE ${KEYS}/:key`]: admin(({ keys, at }) => {
      const key = keys.byID(at.key);
      if (!key?.isAlive) return NOT_FOUND;
      key.isAlive = false;
      return { status: 204 };
    }),
  },
};

function isAlive(call: VendorCall): boolean {
  const [user, secret] = basicOf(call);
  return call.keys.byText(secret)?.id === user;
}

function admin(answer: (call: VendorCall) => VendorAnswer): (call: VendorCall) => VendorAnswer {
  return (call) => (basicOf(call).join(':') === 'ADMIN:the-secret-of-the-admin' ? answer(call) : UNAUTHORIZED);
}

function shown({ id, label, createdAt }: VendorKey) {
  const spec = { display_name: 'rotated', description: label, owner: { id: 'sa-abc123' }, resource: { id: 'cloud' } };
  return { api_version: 'iam/v2', kind: 'ApiKey', id, metadata: { created_at: createdAt }, spec };
}
