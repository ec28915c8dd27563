import { CallError } from '../../http/call-error.ts';
import { errorOfUnusableAnswer } from '../../http/outcome.ts';
import { SecretValue } from '../../key/secret-value.ts';
import { readAuth, type VaultLease } from './vault-answers.ts';
import type { VaultClient } from './vault-client.ts';
import { encodePath } from './vault-location.ts';

/** A login as a role, by the token of a ServiceAccount; `jwt` makes a fresh one for each. */
interface RoleLogin {
  /** Path of the auth method, without `auth/`. */
  readonly mount: string;
  readonly role: string;
  readonly jwt: () => Promise<SecretValue>;
}

/** How a session gets a token. The functions read the credential anew (their caller may cache it for a while). */
export type VaultLogin =
  /** Vault asks the Kubernetes API who the bearer is. */
  | ({ readonly type: 'Kubernetes' } & RoleLogin)
  /** Vault checks the signature itself. */
  | ({ readonly type: 'JWT' } & RoleLogin)
  | {
      readonly type: 'AppRole';
      readonly mount: string;
      readonly roleID: string;
      readonly secretID: () => Promise<SecretValue>;
    };

/** A token that a login gave. */
export type GrantedToken = VaultLease & { readonly token: SecretValue };

/** Logs in once. Throws CallError, `denied` where Vault lets nobody in with this credential. */
export async function logIn(client: VaultClient, login: VaultLogin): Promise<GrantedToken> {
  const call = {
    method: 'POST',
    path: `auth/${encodePath(login.mount, 'auth mount')}/login`,
    operation: `log in ${nameOf(login)}`,
    idempotent: true,
    body: await credentialOf(login),
  } as const;
  const refused = (error: unknown) => Promise.reject(asLoginError(error, login, client.subject(call).peer));
  const { status, body } = await client.call(call).catch(refused);
  if (status === 404) throw noSuchMethod(login, client.subject(call).peer);
  const auth = readAuth(body);
  if (!auth) throw errorOfUnusableAnswer(client.subject(call), 'it is not of the known shape');
  return { ...auth, token: new SecretValue(auth.token) };
}

/** Reveals the credential: its result goes to Vault and nowhere else. */
async function credentialOf(login: VaultLogin): Promise<Readonly<Record<string, string>>> {
  if (login.type === 'AppRole') return { role_id: login.roleID, secret_id: (await login.secretID()).reveal() };
  return { role: login.role, jwt: (await login.jwt()).reveal() };
}

/** A role's id is half of a credential, and is not shown. */
function nameOf(login: VaultLogin): string {
  return login.type === 'AppRole'
    ? `by AppRole at auth/${login.mount}`
    : `as role ${login.role} at auth/${login.mount}`;
}

const REMEDIES: Readonly<Record<VaultLogin['type'], string>> = {
  Kubernetes:
    "check that the role exists, that its bound_service_account_names, bound_service_account_namespaces and audience are those of the store's ServiceAccount, and that Vault may create TokenReviews",
  JWT: 'check that the role exists and that its bound audience and subject are those of the ServiceAccount',
  AppRole:
    'check roleID, and the secret id in the Secret: it may have expired, be used up, or be bound to other addresses',
};

/** What Vault says to a login that it does not let in is a matter of the credential, whatever the code. */
function asLoginError(error: unknown, login: VaultLogin, peer: string): unknown {
  if (!(error instanceof CallError) || ![400, 403].includes(error.status ?? 0)) return error;
  const message = `${peer} refused the login ${nameOf(login)}: ${REMEDIES[login.type]}`;
  return new CallError('denied', 'VaultLoginRefused', message, error);
}

function noSuchMethod(login: VaultLogin, peer: string): CallError {
  const remedy = 'enable it there, or correct url, namespace and auth of the store';
  return new CallError('denied', 'VaultLoginRefused', `${peer} has no auth method at auth/${login.mount}; ${remedy}`);
}
