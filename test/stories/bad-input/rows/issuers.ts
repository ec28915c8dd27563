import type { BadInput } from '../bad-input.ts';
import { issuing, LIVE_URL } from '../network.ts';
import type { Newcomer } from '../newcomer.ts';

/** The condition of the issuer; the rotation waits with the reason `IssuerNotReady` and repeats the sentence. */
function notReady(reason: string) {
  return { type: 'Condition', kind: 'ApiKeyIssuer', condition: 'Ready', reason } as const;
}

const credential = ({ world: { apio } }: Newcomer) => apio.keys.find(({ manager }) => manager)?.text ?? '';
const putRight = (newcomer: Newcomer) => newcomer.secret('apio', { apiKey: credential(newcomer) });
const recover = ({ network, world }: Newcomer) => network.serve(LIVE_URL, issuing(world.apio, 'Live'));

/** Makes the rotation while the Secret of the issuer holds this. */
function withSecret(fieldsOf: (newcomer: Newcomer) => Record<string, string>) {
  return {
    wrong: (newcomer: Newcomer) => {
      newcomer.secret('apio', fieldsOf(newcomer));
      return newcomer.create();
    },
    correct: putRight,
  };
}

/** Makes the rotation while connections to the issuer end with this code. */
function unreachable(code: string) {
  return {
    wrong: (newcomer: Newcomer) => {
      newcomer.network.serve(LIVE_URL, () => ({ code }));
      return newcomer.create();
    },
    correct: recover,
  };
}

const WRITE_CREDENTIAL =
  '`kubectl -n payments create secret generic apio --from-literal=apiKey="$KEY" --dry-run=client -o yaml | kubectl apply -f -`; it is looked at again within a minute.';

/** Issuers that cannot be used as they are described. */
export const ISSUERS: readonly BadInput[] = [
  {
    did: "forgot the Secret with the issuer's credential",
    seen: notReady('CredentialNotFound'),
    wrong: (newcomer) => {
      newcomer.world.kube.delete({ resource: 'secrets', namespace: 'payments', name: 'apio' });
      return newcomer.create();
    },
    correct: putRight,
    message: 'Secret payments/apio does not exist; write the credential there (key apiKey), or correct secretRef',
    names: ['Secret payments/apio', 'apiKey', 'secretRef'],
    remedy: WRITE_CREDENTIAL,
  },
  {
    did: "wrote the issuer's credential into another field of the Secret",
    seen: notReady('CredentialNotFound'),
    ...withSecret((newcomer) => ({ api_key: credential(newcomer) })),
    message: 'Secret payments/apio has no key apiKey; write the credential there (key apiKey), or correct secretRef',
    names: ['Secret payments/apio', 'apiKey', 'secretRef'],
    remedy:
      'Write it into the field that `credentials.secretRef.key` of the issuer names, or name the right one there.',
  },
  {
    did: 'gave the issuer a wrong credential',
    seen: notReady('AccessDenied'),
    ...withSecret(() => ({ apiKey: 'apio_live_0000000000000000000000000000' })),
    message:
      'ApiKeyIssuer payments/apio (Live) answered 401 (invalid_api_key) when asked to list keys, to see that the credential works; check the credential and its permissions',
    names: ['ApiKeyIssuer payments/apio (Live)', 'check the credential'],
    remedy: WRITE_CREDENTIAL,
  },
  {
    did: 'gave the issuer of Live keys a credential for Test',
    seen: notReady('AccessDenied'),
    ...withSecret(({ world }) => ({ apiKey: world.apio.createManager('Test', 'acme').text })),
    message:
      'ApiKeyIssuer payments/apio (Live) answered 401 (invalid_api_key) when asked to list keys, to see that the credential works; check the credential and its permissions',
    names: ['ApiKeyIssuer payments/apio (Live)', 'check the credential'],
    remedy: 'Each environment is a world of its own and has credentials of its own.',
  },
  {
    did: 'gave the issuer an ordinary key, which may not manage keys',
    seen: notReady('AccessDenied'),
    ...withSecret(({ world }) => ({ apiKey: world.apio.createManager('Live', 'acme', ['payments:read']).text })),
    message:
      'ApiKeyIssuer payments/apio (Live) answered 403 (missing_permission) when asked to list keys, to see that the credential works; check the credential and its permissions',
    names: ['ApiKeyIssuer payments/apio (Live)', 'its permissions'],
    remedy: 'It takes a credential with the permission `keys:manage`.',
  },
  {
    did: 'pasted a text with spaces in it as the credential',
    seen: notReady('InvalidCredential'),
    ...withSecret((newcomer) => ({ apiKey: `Bearer ${credential(newcomer)}` })),
    message:
      'cannot list keys, to see that the credential works at ApiKeyIssuer payments/apio (Live): the credential is empty or holds spaces, line breaks or other characters that no bearer token has; check the Secret that holds it',
    names: ['ApiKeyIssuer payments/apio (Live)', 'check the Secret'],
    remedy: 'Write the key alone, without `Bearer` before it.',
  },
  {
    did: 'wrote the address of a host that is not there',
    seen: notReady('ConnectionFailed'),
    ...unreachable('ENOTFOUND'),
    message:
      'cannot connect to ApiKeyIssuer payments/apio (Live) to list keys, to see that the credential works (ENOTFOUND); nothing was sent; check its address, certificate and the network policy',
    names: ['ApiKeyIssuer payments/apio (Live)', 'ENOTFOUND', 'check its address'],
    remedy: 'Correct `url` in the issuer; `ECONNREFUSED` is a wrong port, a time-out often a NetworkPolicy.',
  },
  {
    did: 'let the issuer have a certificate that the operator does not trust',
    seen: notReady('ConnectionFailed'),
    ...unreachable('SELF_SIGNED_CERT_IN_CHAIN'),
    message:
      'cannot connect to ApiKeyIssuer payments/apio (Live) to list keys, to see that the credential works (SELF_SIGNED_CERT_IN_CHAIN); nothing was sent; check its address, certificate and the network policy',
    names: ['ApiKeyIssuer payments/apio (Live)', 'SELF_SIGNED_CERT_IN_CHAIN', 'certificate'],
    remedy:
      'Start the operator with the environment variable `NODE_EXTRA_CA_CERTS` naming a file with the certificate of the authority.',
  },
  {
    did: 'named a website instead of the API',
    seen: notReady('UnusableAnswer'),
    wrong: ({ network, create }) => {
      network.serve(LIVE_URL, () => ({ status: 200, body: '<!doctype html>' }));
      return create();
    },
    correct: recover,
    message:
      'ApiKeyIssuer payments/apio (Live) gave an unusable answer to list keys, to see that the credential works: it is not JSON, check the url; it is asked again later',
    names: ['ApiKeyIssuer payments/apio (Live)', 'not JSON'],
    remedy: 'Correct `url` in the issuer.',
  },
  {
    did: 'named an address that redirects',
    seen: notReady('Redirected'),
    wrong: ({ network, create }) => {
      network.serve(LIVE_URL, () => ({ status: 301 }));
      return create();
    },
    correct: recover,
    message:
      'ApiKeyIssuer payments/apio (Live) answered 301 when asked to list keys, to see that the credential works; redirects are never followed; configure the address that it redirects to',
    names: ['ApiKeyIssuer payments/apio (Live)', 'configure the address'],
    remedy: 'Write the address that it redirects to into `url`: credentials go to one origin only.',
  },
  {
    did: 'named the address of another service',
    seen: notReady('RequestRefused'),
    wrong: ({ network, create }) => {
      network.serve(LIVE_URL, () => ({ status: 404, body: '{}' }));
      return create();
    },
    correct: recover,
    message:
      'ApiKeyIssuer payments/apio (Live) answered 404 when asked to list keys, to see that the credential works; asking again will not help, there is nothing at this address: check the url',
    names: ['ApiKeyIssuer payments/apio (Live)', '404'],
    remedy: 'Correct `url` in the issuer.',
  },
];
