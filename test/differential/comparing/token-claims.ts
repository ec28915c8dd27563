import { asObject, isObject, type JsonObject } from '../../../sandbox/kube/engine/json.ts';

/** What a ServiceAccount token says, with its lifetime instead of its times. The signature is the server's own. */
export function claimsOf(token: string): JsonObject {
  const parsed: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
  const { exp, iat, nbf, jti, ...rest } = asObject(isObject(parsed) ? parsed : {});
  const lifetimeSeconds = Number(exp) - Number(iat);
  return { ...rest, jti: typeof jti, lifetimeSeconds, startsAtOnce: nbf === iat };
}
