import { CallError } from '../../http/call-error.ts';
import type { HttpClient, HttpRequest } from '../../http/client.ts';
import { isRecord } from '../../http/json.ts';
import { SecretValue } from '../../key/secret-value.ts';
import { basicCredential } from './basic.ts';
import type { DeclaredAuth } from './declaration.ts';

/** Where tokens come from and what they are asked for with. */
export interface TokensOptions {
  readonly declared: NonNullable<DeclaredAuth['oauth2']>;
  readonly id: () => Promise<SecretValue>;
  readonly secret: () => Promise<SecretValue>;
  readonly clientFor: (url: string) => HttpClient;
  readonly monotonic: () => number;
}

/** Access tokens of one client. */
export interface Tokens {
  /** A token that lives a while yet; callers that come together share one request. */
  current(): Promise<SecretValue>;
  /** The token is not accepted any more; answers whether there was one. */
  forget(): boolean;
}

interface Granted {
  readonly token: SecretValue;
  readonly seconds: number;
}

const OPERATION = 'give out a token';
const UNSAID_SECONDS = 300;
const MAX_SECONDS = 86_400;

/** OAuth 2.0 client credentials. A token is kept for nine tenths of its life, so that none expires under way. */
export function createTokens({ declared, id, secret, clientFor, monotonic }: TokensOptions): Tokens {
  const { origin, pathname } = new URL(declared.tokenURL);
  const client = clientFor(origin);
  let held: Promise<SecretValue> | undefined;
  let until = 0;

  async function grant(): Promise<SecretValue> {
    const shown = await proof(declared, await id(), await secret());
    const answer = await client.request({
      method: 'POST',
      path: pathname,
      operation: OPERATION,
      question: true,
      ...shown,
    });
    const granted = readGrant(answer.body);
    if (!granted) throw unusable(origin);
    until = monotonic() + granted.seconds * 900;
    return granted.token;
  }

  return {
    current() {
      if (held && monotonic() < until) return held;
      // Until the answer tells, whoever comes waits for it.
      until = Number.POSITIVE_INFINITY;
      const mine = grant();
      held = mine;
      mine.catch(() => {
        if (held === mine) held = undefined;
      });
      return mine;
    },
    forget() {
      const had = held !== undefined;
      held = undefined;
      return had;
    },
  };
}

async function proof(
  { scope, audience, resource, clientAuthentication = 'Basic' }: TokensOptions['declared'],
  id: SecretValue,
  secret: SecretValue,
): Promise<Pick<HttpRequest, 'form' | 'credentials'>> {
  const form = {
    grant_type: 'client_credentials',
    ...(scope !== undefined && { scope }),
    ...(audience !== undefined && { audience }),
    ...(resource !== undefined && { resource }),
  };
  if (clientAuthentication === 'Form') return { form: { ...form, client_id: id, client_secret: secret } };
  // RFC 6749, 2.3.1: both are form-encoded first.
  const encoded = new SecretValue(encodeURIComponent(secret.reveal()));
  return { form, credentials: { authorization: basicCredential(encodeURIComponent(id.reveal()), encoded) } };
}

function readGrant(body: unknown): Granted | undefined {
  if (!isRecord(body) || typeof body.access_token !== 'string' || body.access_token === '') return undefined;
  const { token_type: type, expires_in: life } = body;
  if (type !== undefined && !(typeof type === 'string' && type.toLowerCase() === 'bearer')) return undefined;
  const seconds = Number(life ?? UNSAID_SECONDS);
  return { token: new SecretValue(body.access_token), seconds: seconds > 0 ? Math.min(seconds, MAX_SECONDS) : 0 };
}

function unusable(origin: string): CallError {
  const message = `${origin} answered a request for a token with something else; check tokenURL of the issuer`;
  return new CallError('unavailable', 'UnusableAnswer', message);
}
