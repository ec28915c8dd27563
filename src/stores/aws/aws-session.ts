import { CallError } from '../../http/call-error.ts';
import type { Clock } from '../../runtime/clock.ts';
import { createLoginBackoff } from '../login-backoff.ts';
import type { AwsAuth, AwsCredentials, AwsGrant } from './aws-credentials.ts';

/** Holds the credentials of one store, and gets new ones before they end. */
export interface AwsSession {
  /** Good ones. Throws CallError. */
  current(): Promise<AwsCredentials>;
  /** Calls; once more with other credentials, where AWS does not take the present ones and there are others. */
  run<T>(call: () => Promise<T>): Promise<T>;
}

/** What a session works with. */
export interface AwsSessionOptions {
  readonly auth: AwsAuth;
  readonly clock: Pick<Clock, 'monotonic'>;
  /** Credentials of a role for the token of a ServiceAccount; asked of IRSA alone. */
  readonly assumeRole: (auth: Extract<AwsAuth, { type: 'IRSA' }>) => Promise<AwsGrant>;
}

interface Held {
  readonly grant: AwsGrant;
  /** Milliseconds of the monotonic clock. */
  readonly since: number;
}

/** From here on in their life new ones are asked for, with the next call; the old ones serve while there are none. */
const RENEW_AT = 2 / 3;
/** Credentials this close to their end are not used for another call. */
const SPENT_AT = 0.95;
/** After a failed renewal, and after a refusal: asking for each call would be a storm. */
const PAUSE_MS = 10_000;

/** A session that has asked for nothing yet. */
export function createAwsSession({ auth, clock, assumeRole }: AwsSessionOptions): AwsSession {
  let held: Held | undefined;
  let opening: Promise<Held> | undefined;
  let askAgainAt = Number.NEGATIVE_INFINITY;
  const backoff = createLoginBackoff(clock);

  const obtain = (): Promise<AwsGrant> => {
    if (auth.type === 'IRSA') return assumeRole(auth);
    if (auth.type === 'PodIdentity') return auth.grant();
    throw new TypeError('static credentials are read, not obtained');
  };
  const isBefore = ({ grant, since }: Held, part: number) => clock.monotonic() - since < grant.lifeMs * part;

  function open(): Promise<Held> {
    opening ??= backoff
      .attempt(async () => {
        const since = clock.monotonic();
        held = { grant: await obtain(), since };
        return held;
      })
      .finally(() => {
        opening = undefined;
      });
    return opening;
  }
  async function temporary(): Promise<AwsCredentials> {
    const usable = held && isBefore(held, SPENT_AT) ? held : undefined;
    if (usable && (isBefore(usable, RENEW_AT) || clock.monotonic() < askAgainAt)) return usable.grant;
    if (!usable) return (await open()).grant;
    return open().then(({ grant }) => grant, keep(usable));
  }
  function keep({ grant }: Held): (error: unknown) => AwsCredentials {
    return (error) => {
      if (!(error instanceof CallError)) throw error;
      askAgainAt = clock.monotonic() + PAUSE_MS;
      return grant;
    };
  }
  const current = () => (auth.type === 'Static' ? auth.credentials() : temporary());

  /** Whether there are others to try now. */
  async function hasOthers(refused: AwsCredentials): Promise<boolean> {
    if (auth.type === 'Static') return !isSame(await auth.credentials(), refused);
    if (held?.grant === refused) {
      if (clock.monotonic() < askAgainAt) return false;
      askAgainAt = clock.monotonic() + PAUSE_MS;
      held = undefined;
    }
    return (await temporary()) !== refused;
  }
  return {
    current,
    async run(call) {
      const used = await current();
      try {
        return await call();
      } catch (error) {
        if (!isOfCredential(error) || !(await hasOthers(used))) throw error;
        return call();
      }
    },
  };
}

function isOfCredential(error: unknown): boolean {
  return error instanceof CallError && ['AWSCredentialExpired', 'AWSCredentialRefused'].includes(error.reason);
}

function isSame(one: AwsCredentials, other: AwsCredentials): boolean {
  return (
    one.accessKeyID === other.accessKeyID &&
    one.secretAccessKey.reveal() === other.secretAccessKey.reveal() &&
    one.sessionToken?.reveal() === other.sessionToken?.reveal()
  );
}
