import type { HttpDeclaration } from '../../src/issuers/http/declaration.ts';

const KEYS = '/v1/api-keys';
const KEY = `${KEYS}/{{keyID}}`;

/** The issuing API of the sandbox as somebody would declare it who has no adapter for it. */
export function declaredApio(url: string): HttpDeclaration {
  return {
    environments: [
      { name: 'Live', url, auth: { type: 'Bearer', bearer: { secretRef: { name: 'apio', key: 'apiKey' } } } },
    ],
    key: {
      keyID: '/id',
      label: '/label',
      permissions: { pointer: '/permissions' },
      organization: '/organization',
      issuedAt: '/createdAt',
      expiresAt: '/expiresAt',
      lastUsedAt: '/lastUsedAt',
      states: [
        { pointer: '/status', equals: 'revoked', state: 'Revoked' },
        { pointer: '/status', equals: 'expired', state: 'Expired' },
      ],
    },
    capabilities: { replay: 'ID', usageResolution: '1m' },
    issue: {
      request: {
        method: 'POST',
        path: KEYS,
        headers: { 'Idempotency-Key': '{{attemptID}}' },
        body: {
          organization: '{{organization}}',
          environment: '{{environment}}',
          permissions: '{{permissions}}',
          label: '{{label}}',
        },
      },
      key: '/key',
    },
    list: {
      request: { method: 'GET', path: KEYS, query: { labelPrefix: '{{owner}}', limit: '100' } },
      items: '/data',
      paging: { type: 'Cursor', cursor: { pointer: '/nextCursor', parameter: 'cursor' } },
    },
    get: { request: { method: 'GET', path: KEY } },
    revoke: { request: { method: 'POST', path: `${KEY}/revoke` } },
    verify: { request: { method: 'GET', path: `${KEYS}/self` }, credential: { type: 'Bearer' }, record: '' },
  };
}
