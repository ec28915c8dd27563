import { CallError } from '../../http/call-error.ts';
import { errorOfUnusableAnswer } from '../../http/outcome.ts';
import type { SecretValue } from '../../key/secret-value.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Entropy } from '../../runtime/entropy.ts';
import { createLoginBackoff } from '../login-backoff.ts';
import { readAuth, readLease, type VaultLease } from './vault-answers.ts';
import type { VaultClient } from './vault-client.ts';
import { logIn, type VaultLogin } from './vault-login.ts';

/** How a store proves who it is: by a token that is given to it, or one that it logs in for. */
export type VaultAuth = { readonly type: 'Token'; readonly token: () => Promise<SecretValue> } | VaultLogin;

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
    const given = auth.type === 'Token' ? await auth.token() : undefined;
    if (grant && isUsable(grant, given)) return grant;
    opening ??= (given ? lookUp(options, given) : logInAnew()).then(hold).finally(() => {
      opening = undefined;
    });
    return opening;
  }
  function isUsable({ token, ttlSeconds, since }: Grant, given: SecretValue | undefined): boolean {
    if (given) return token.reveal() === given.reveal();
    return ttlSeconds === 0 || clock.monotonic() - since < ttlSeconds * 1000 * SPENT_AT;
  }
  async function logInAnew(): Promise<Grant> {
    if (auth.type === 'Token') throw new TypeError('a token that is given needs no login');
    const since = clock.monotonic();
    return { ...(await backoff.attempt(() => logIn(options.client, auth))), since };
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
    if (auth.type !== 'Token' && renewed.ttlSeconds < held.ttlSeconds / 2) grant = undefined;
    else hold(renewed);
  }
  /** Another token than the one that met a 403; undefined where there is none to try. */
  async function replacement(refused: Grant): Promise<Grant | undefined> {
    if (auth.type !== 'Token' && grant === refused) {
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
