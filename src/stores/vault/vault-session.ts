import { CallError } from '../../http/call-error.ts';
import { errorOfUnusableAnswer } from '../../http/outcome.ts';
import { SecretValue } from '../../key/secret-value.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Entropy } from '../../runtime/entropy.ts';
import { createLoginBackoff } from '../login-backoff.ts';
import { readAuth, readLease, type VaultLease } from './vault-answers.ts';
import type { VaultClient } from './vault-client.ts';
import { encodePath } from './vault-location.ts';

/** How a store proves who it is. The functions read the credential anew (their caller may cache it for a while). */
export type VaultAuth =
  | { readonly type: 'Token'; readonly token: () => Promise<SecretValue> }
  | { readonly type: 'JWT'; readonly mount: string; readonly role: string; readonly jwt: () => Promise<SecretValue> };

/** Holds the token of one store: logs in when needed, renews, and logs in again when the token dies early. */
export interface VaultSession {
  /** Calls with a living token; once more with a new one where Vault says 403. */
  run<T>(call: (token: SecretValue) => Promise<T>): Promise<T>;
  /** Stops renewing. */
  close(): void;
}

/** What a session works with. */
export interface VaultSessionOptions {
  readonly client: VaultClient;
  readonly auth: VaultAuth;
  readonly clock: Clock;
  readonly entropy: Entropy;
}

/** One token. Times in milliseconds of the monotonic clock. */
interface Grant extends VaultLease {
  readonly token: SecretValue;
  readonly since: number;
}

/** Where in its life a token is renewed: at two thirds, up to a tenth of that earlier, so that stores spread out. */
const RENEW_AT = 2 / 3;
const JITTER = 0.1;
/** A token this close to its end is not used for another call. */
const SPENT_AT = 0.95;
/** After a failed renewal, and the least time between two. */
const RENEW_RETRY_MS = 10_000;
/** A 403 is mostly a matter of policy: logging in again for each would be a storm. */
const RELOGIN_PAUSE_MS = 60_000;

/** A session that has not logged in yet. */
export function createVaultSession(options: VaultSessionOptions): VaultSession {
  const { auth, clock } = options;
  let grant: Grant | undefined;
  let opening: Promise<Grant> | undefined;
  let cancelRenewal = () => {};
  let closed = false;
  let nextRelogin = Number.NEGATIVE_INFINITY;
  const backoff = createLoginBackoff(clock);

  async function current(): Promise<Grant> {
    const wanted = auth.type === 'Token' ? await auth.token() : undefined;
    if (grant && isUsable(grant, wanted)) return grant;
    opening ??= open(wanted).finally(() => {
      opening = undefined;
    });
    return opening;
  }
  function isUsable({ token, ttlSeconds, since }: Grant, wanted: SecretValue | undefined): boolean {
    if (wanted) return token.reveal() === wanted.reveal();
    return ttlSeconds === 0 || clock.monotonic() - since < ttlSeconds * 1000 * SPENT_AT;
  }
  async function open(wanted: SecretValue | undefined): Promise<Grant> {
    if (wanted) return hold(await lookUp(options, wanted));
    return hold(await backoff.attempt(() => logIn(options)));
  }
  function hold(fresh: Grant): Grant {
    grant = fresh;
    scheduleRenewal(fresh, renewalDelay(options, fresh.ttlSeconds));
    return fresh;
  }
  function scheduleRenewal(held: Grant, delayMs: number): void {
    cancelRenewal();
    if (closed || !held.renewable || held.ttlSeconds === 0) return;
    cancelRenewal = clock.schedule(delayMs, () => void renewOrRetry(held));
  }
  async function renewOrRetry(held: Grant): Promise<void> {
    const result = await renew(options, held).catch(asCallError);
    if (grant !== held) return;
    if (!(result instanceof CallError)) keep(held, result);
    else if (result.outcome === 'unavailable') scheduleRenewal(held, RENEW_RETRY_MS);
    else grant = undefined;
  }
  /** Near its maximum life a token is granted less and less; a login gives a full one again. */
  function keep(held: Grant, renewed: Grant): void {
    if (auth.type === 'JWT' && renewed.ttlSeconds < held.ttlSeconds / 2) grant = undefined;
    else hold(renewed);
  }
  /** Another token than the one that met a 403; undefined where there is none to try. */
  async function replacement(refused: Grant): Promise<Grant | undefined> {
    if (auth.type === 'JWT' && grant === refused) {
      if (clock.monotonic() < nextRelogin) return undefined;
      nextRelogin = clock.monotonic() + RELOGIN_PAUSE_MS;
      grant = undefined;
    }
    const other = await current();
    return other === refused ? undefined : other;
  }
  return {
    async run(call) {
      const first = await current();
      try {
        return await call(first.token);
      } catch (error) {
        if (!(error instanceof CallError && error.status === 403)) throw error;
        const second = await replacement(first);
        if (!second) throw error;
        return call(second.token);
      }
    },
    close() {
      closed = true;
      cancelRenewal();
    },
  };
}

async function logIn({ client, auth, clock }: VaultSessionOptions): Promise<Grant> {
  if (auth.type !== 'JWT') throw new TypeError('a token needs no login');
  const jwt = await auth.jwt();
  const call = {
    method: 'POST',
    path: `auth/${encodePath(auth.mount, 'auth mount')}/login`,
    operation: `log in as role ${auth.role}`,
    idempotent: true,
    body: { role: auth.role, jwt: jwt.reveal() },
  } as const;
  const { body } = await client
    .call(call)
    .catch((error: unknown) => Promise.reject(asLoginError(error, auth.role, client.subject(call).peer)));
  const { token, ...lease } = readAuth(body) ?? unusable(client, call.operation);
  return { ...lease, token: new SecretValue(token), since: clock.monotonic() };
}

/** What Vault says to a login that it does not let in is a matter of the credential, whatever the code. */
function asLoginError(error: unknown, role: string, peer: string): unknown {
  if (!(error instanceof CallError) || ![400, 403].includes(error.status ?? 0)) return error;
  const remedy = 'check that the role exists and that its bound audience and subject are those of the ServiceAccount';
  return new CallError('denied', 'VaultLoginRefused', `${peer} refused the login as role ${role}: ${remedy}`, error);
}

/** A token may be good without being allowed to look itself up: then its life is not known and it is not renewed. */
async function lookUp({ client, clock }: VaultSessionOptions, token: SecretValue): Promise<Grant> {
  const since = clock.monotonic();
  const call = {
    method: 'GET',
    path: 'auth/token/lookup-self',
    operation: 'look up its token',
    idempotent: true,
  } as const;
  try {
    const { body } = await client.call({ ...call, token });
    return { ...(readLease(body) ?? unusable(client, call.operation)), token, since };
  } catch (error) {
    if (!(error instanceof CallError && error.outcome === 'denied' && error.status === 403)) throw error;
    return { ttlSeconds: 0, renewable: false, token, since };
  }
}

async function renew({ client, clock }: VaultSessionOptions, { token }: Grant): Promise<Grant> {
  const since = clock.monotonic();
  const call = {
    method: 'POST',
    path: 'auth/token/renew-self',
    operation: 'renew its token',
    idempotent: true,
  } as const;
  const { body } = await client.call({ ...call, token, body: {} });
  const { ttlSeconds, renewable } = readAuth(body) ?? unusable(client, call.operation);
  return { token, ttlSeconds, renewable, since };
}

function unusable(client: VaultClient, operation: string): never {
  throw errorOfUnusableAnswer(client.subject({ operation, idempotent: true }), 'it is not of the known shape');
}

function renewalDelay({ entropy }: VaultSessionOptions, ttlSeconds: number): number {
  return Math.max(ttlSeconds * 1000 * RENEW_AT * (1 - JITTER * entropy.random()), RENEW_RETRY_MS);
}

function asCallError(error: unknown): CallError {
  if (error instanceof CallError) return error;
  return new CallError('refused', 'RenewalFailed', 'renewing the token failed for a reason of our own');
}
