import type { KeyStoreObject } from '../api/types.ts';
import type { HttpTransport } from '../http/transport.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Entropy } from '../runtime/entropy.ts';
import type { VaultAuth } from '../stores/vault/vault-session.ts';
import { createVaultStore, type VaultStore } from '../stores/vault/vault-store.ts';
import type { Credentials } from './credentials.ts';
import { assertCertificates } from './trusted-certificates.ts';
import { createTrustingConnections, type TrustingConnections } from './trusting-connections.ts';

type VaultSpec = NonNullable<KeyStoreObject['spec']['vault']>;

/** What stores at Vault are made with. */
export interface VaultStoresDeps {
  readonly transport: HttpTransport;
  /** Connections like `transport` that trust these certificates (PEM) alone. */
  readonly trusting: (ca: string) => HttpTransport;
  readonly clock: Clock;
  readonly entropy: Entropy;
  readonly credentials: Credentials;
}

/** For whom tokens of ServiceAccounts are made where the store does not say. */
const AUDIENCE = 'vault';

/** Makes stores of KeyStores in a namespace. */
export function createVaultStores({ transport, trusting, clock, entropy, credentials }: VaultStoresDeps) {
  /** With what each type goes is what the CRD sees to. */
  function authOf(namespace: string, { token, jwt, kubernetes, appRole }: VaultSpec['auth']): VaultAuth {
    if (token) return { type: 'Token', token: credentials.secret(namespace, token.secretRef) };
    if (jwt) return { type: 'JWT', mount: 'jwt', ...jwt, jwt: freshToken(namespace, jwt, 'vault.auth.jwt') };
    if (kubernetes) {
      const fresh = freshToken(namespace, kubernetes, 'vault.auth.kubernetes');
      return { type: 'Kubernetes', mount: 'kubernetes', ...kubernetes, jwt: fresh };
    }
    if (!appRole) throw new TypeError('The CRD admits no other way to log in');
    const { mount = 'approle', roleID, secretRef } = appRole;
    return { type: 'AppRole', mount, roleID, secretID: credentials.secret(namespace, secretRef) };
  }

  function freshToken(namespace: string, account: ServiceAccountLogin, member: string) {
    return credentials.serviceAccountToken(namespace, { audience: AUDIENCE, ...account }, member);
  }

  function connectionsOf(namespace: string, { ca, caRef }: VaultSpec): TrustingConnections {
    if (caRef) return createTrustingConnections({ certificates: credentials.certificates(namespace, caRef), trusting });
    if (ca === undefined) return { connect: async () => transport, close: () => {} };
    return createTrustingConnections({ certificates: async () => assertCertificates(ca, 'spec.vault.ca'), trusting });
  }

  return (namespace: string, spec: VaultSpec): VaultStore => {
    const { auth, url, mount, namespace: inner, tolerate = [] } = spec;
    const { connect, close } = connectionsOf(namespace, spec);
    const own = inner === undefined ? {} : { namespace: inner };
    const place = { url, mount, tolerate, ...own };
    const store = createVaultStore({ ...place, auth: authOf(namespace, auth), connect, clock, entropy });
    return {
      ...store,
      close() {
        store.close();
        close();
      },
    };
  };
}

type ServiceAccountLogin = NonNullable<VaultSpec['auth']['jwt']>;
