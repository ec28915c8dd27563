import type { HttpClient, HttpRequest } from '../../http/client.ts';
import type { SecretValue } from '../../key/secret-value.ts';
import { basicCredential } from './basic.ts';
import type { DeclaredAuth } from './declaration.ts';
import { createTokens } from './oauth2.ts';

type SecretRef = NonNullable<DeclaredAuth['bearer']>['secretRef'];

/** What credentials are made with. */
export interface AuthDeps {
  /** Reads a key of a Secret, as often as it is asked. */
  readonly secret: (ref: SecretRef) => () => Promise<SecretValue>;
  /** A client of the origin that gives out tokens. */
  readonly clientFor: (url: string) => HttpClient;
  /** Monotonic milliseconds. */
  readonly monotonic: () => number;
}

/** Shows who the operator is. */
export interface Auth {
  /** The credentials of one request. */
  credentials(): Promise<Pick<HttpRequest, 'bearer' | 'credentials'>>;
  /** What was given out is not accepted any more; answers whether the next credentials will be others. */
  renew(): boolean;
}

/** The credentials that a declaration describes. */
export function createAuth(declared: DeclaredAuth, deps: AuthDeps): Auth {
  const { bearer, basic, headers = [], oauth2 } = declared;
  if (oauth2) {
    const { clientID, clientSecret } = oauth2;
    const [id, secret] = [deps.secret(clientID.secretRef), deps.secret(clientSecret.secretRef)];
    const tokens = createTokens({ ...deps, declared: oauth2, id, secret });
    return { credentials: async () => ({ bearer: await tokens.current() }), renew: () => tokens.forget() };
  }
  const renew = () => false;
  if (bearer) {
    const token = deps.secret(bearer.secretRef);
    return { renew, credentials: async () => ({ bearer: await token() }) };
  }
  if (basic) {
    const [username, password] = [deps.secret(basic.username.secretRef), deps.secret(basic.password.secretRef)];
    const authorization = async () => basicCredential((await username()).reveal(), await password());
    return { renew, credentials: async () => ({ credentials: { authorization: await authorization() } }) };
  }
  const readers = headers.map(({ name, secretRef }) => [name.toLowerCase(), deps.secret(secretRef)] as const);
  const all = () => Promise.all(readers.map(async ([name, read]) => [name, await read()] as const));
  return { renew, credentials: async () => ({ credentials: Object.fromEntries(await all()) }) };
}
