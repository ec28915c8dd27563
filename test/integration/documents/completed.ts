import { isObject, type JsonObject } from '../../../sandbox/kube/engine/json.ts';

const VAULT: JsonObject = { url: 'https://vault.example.com', mount: 'secret', auth: tokenAuth() };
const APIO: JsonObject = {
  environments: [
    { name: 'Live', url: 'https://api.example.com', credentials: { secretRef: { name: 'apio', key: 'apiKey' } } },
  ],
};

/** What a page leaves out where it shows a part of an object, by kind. */
const REST: Readonly<Record<string, JsonObject>> = {
  ApiKeyRotation: {
    issuerRef: { name: 'apio' },
    key: { environment: 'Live', permissions: ['payments:read'] },
    targets: [{ name: 'vault', storeRef: { name: 'vault' }, path: 'payments/apio' }],
    consumers: [{ name: 'api', evidence: [{ type: 'Proof' }] }],
  },
  ApiKeyIssuer: { type: 'APIO', apio: APIO },
  ClusterApiKeyIssuer: { type: 'APIO', apio: APIO, grants: [{ namespaces: ['payments'], environments: ['Live'] }] },
  KeyStore: { type: 'Vault', vault: VAULT },
  ClusterKeyStore: { type: 'Vault', vault: VAULT, grants: [{ namespaces: ['payments'], pathPrefix: 'payments/' }] },
};
/** Fields of which an object has only one. */
const EXCLUSIVE = [
  ['consumers', 'withoutEvidence'],
  ['apio', 'http', 'support'],
  ['vault', 'awsSecretsManager'],
];

/** A document as it would be applied: a part, `{targets: …}` or `{kind?, metadata?, spec: …}`, becomes an otherwise valid object. */
export function completed(document: JsonObject): JsonObject {
  const part = 'spec' in document || 'kind' in document ? document : { spec: document };
  const { kind = 'ApiKeyRotation', metadata, spec } = part;
  const given = isObject(spec) ? spec : {};
  return {
    apiVersion: 'apikeyrotation.io/v1alpha1',
    kind,
    metadata: { name: 'part', ...(isObject(metadata) && metadata) },
    spec: { ...without(REST[String(kind)] ?? {}, given), ...given },
  };
}

function without(rest: JsonObject, given: JsonObject): JsonObject {
  const taken = EXCLUSIVE.filter((fields) => fields.some((field) => field in given)).flat();
  return Object.fromEntries(Object.entries(rest).filter(([field]) => !taken.includes(field)));
}

function tokenAuth(): JsonObject {
  return { type: 'Token', token: { secretRef: { name: 'vault', key: 'token' } } };
}
