import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { asArray, asObject, asString, dig, isObject, type JsonObject } from '../json.ts';
import type { KubeObject, UserInfo } from '../object.ts';
import { StatusError } from '../status.ts';

/** The audience of tokens for the API server itself. */
export const apiAudience = 'https://kubernetes.default.svc';

/** What a token review finds; `error` says why a token is refused and never contains it. */
export type TokenVerdict =
  | { authenticated: true; user: UserInfo; audiences: string[] }
  | { authenticated: false; error: string };

/** What is signed into a token. */
interface TokenGrant {
  serviceAccount: KubeObject;
  audiences: string[];
  expirationSeconds: number;
  /** The pod with whose death the token dies. */
  pod?: KubeObject | undefined;
}

interface TokenDeps {
  now: () => number;
  uuid: () => string;
  /** Live reads, since a token is worth what its objects are now. */
  find: (resource: string, namespace: string, name: string) => KubeObject | undefined;
}

/** Signs and reviews service-account tokens. */
export interface Tokens {
  issue(grant: TokenGrant): { token: string; expirationTimestamp: string };
  review(token: string, audiences?: readonly string[]): TokenVerdict;
}

function encode(value: JsonObject): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function decode(part: string): JsonObject {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString());
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}

function reference(object: KubeObject): JsonObject {
  return { name: object.metadata.name, uid: object.metadata.uid };
}

function refuse(error: string): TokenVerdict {
  return { authenticated: false, error };
}

/** Creates the token authority of one engine; its key never leaves it. */
export function createTokens({ now, uuid, find }: TokenDeps): Tokens {
  const key = createHash('sha256')
    .update(uuid() + uuid())
    .digest();
  const sign = (text: string) => createHmac('sha256', key).update(text).digest();

  const isGenuine = (token: string): boolean => {
    const [header, payload, signature, ...rest] = token.split('.');
    const given = Buffer.from(signature ?? '', 'base64url');
    const wanted = sign(`${header}.${payload}`);
    return rest.length === 0 && given.length === wanted.length && timingSafeEqual(given, wanted);
  };

  const isAlive = (resource: string, namespace: string, claim: JsonObject): boolean =>
    find(resource, namespace, asString(claim.name))?.metadata.uid === claim.uid;

  /** Why the account that a token is for is none. */
  const accountProblem = (namespace: string, claim: JsonObject): string | undefined => {
    const found = find('serviceaccounts', namespace, asString(claim.name));
    if (!found) return `serviceaccounts ${JSON.stringify(claim.name)} not found`;
    const { uid } = found.metadata;
    return uid === claim.uid ? undefined : `service account UID (${uid}) does not match claim (${asString(claim.uid)})`;
  };

  const userOf = (
    claims: JsonObject,
    namespace: string,
    account: JsonObject,
    pod: JsonObject | undefined,
  ): UserInfo => ({
    username: asString(claims.sub),
    uid: asString(account.uid),
    groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'],
    extra: {
      'authentication.kubernetes.io/credential-id': [`JTI=${asString(claims.jti)}`],
      ...(pod && {
        'authentication.kubernetes.io/pod-name': [asString(pod.name)],
        'authentication.kubernetes.io/pod-uid': [asString(pod.uid)],
      }),
    },
  });

  return {
    issue({ serviceAccount, audiences, expirationSeconds, pod }) {
      const { namespace = '', name } = serviceAccount.metadata;
      const issuedAt = Math.floor(now() / 1000);
      const text = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode({
        iss: apiAudience,
        sub: `system:serviceaccount:${namespace}:${name}`,
        aud: audiences,
        iat: issuedAt,
        nbf: issuedAt,
        exp: issuedAt + expirationSeconds,
        jti: uuid(),
        'kubernetes.io': { namespace, serviceaccount: reference(serviceAccount), ...(pod && { pod: reference(pod) }) },
      })}`;
      const expirationTimestamp = new Date((issuedAt + expirationSeconds) * 1000).toISOString().replace('.000', '');
      return { token: `${text}.${sign(text).toString('base64url')}`, expirationTimestamp };
    },

    review(token, audiences = []) {
      const wanted = audiences.length > 0 ? audiences : [apiAudience];
      if (!isGenuine(token)) return refuse('invalid bearer token');
      const claims = decode(token.split('.')[1] ?? '');
      const bound = dig(claims, 'kubernetes.io');
      const [account, pod, namespace] = [
        dig(bound, 'serviceaccount'),
        dig(bound, 'pod'),
        asString(dig(bound, 'namespace')),
      ];
      if (Number(claims.exp) * 1000 <= now())
        return refuse('[invalid bearer token, service account token has expired]');
      const offered = asArray(claims.aud).map(asString);
      const common = wanted.filter((audience) => offered.includes(audience));
      if (common.length === 0) {
        const [has, asked] = [JSON.stringify(offered), JSON.stringify(wanted)];
        return refuse(`[invalid bearer token, token audiences ${has} is invalid for the target audiences ${asked}]`);
      }
      const problem = accountProblem(namespace, asObject(account));
      if (problem) return refuse(`[invalid bearer token, ${problem}]`);
      if (isObject(pod) && !isAlive('pods', namespace, pod)) {
        return refuse('[invalid bearer token, service account token has been invalidated]');
      }
      return {
        authenticated: true,
        audiences: common,
        user: userOf(claims, namespace, asObject(account), isObject(pod) ? pod : undefined),
      };
    },
  };
}

/** 401 as the API server answers it. */
export function unauthorized(): StatusError {
  return new StatusError(401, 'Unauthorized', 'Unauthorized');
}
