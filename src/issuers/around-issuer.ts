import type { Issuer } from './port.ts';

/** The same issuer, where `around` has every call in its hand; `op` is the name of the call in metrics. */
export function aroundIssuer(issuer: Issuer, around: <T>(op: string, call: () => Promise<T>) => Promise<T>): Issuer {
  const { settle, adopt } = issuer;
  return {
    capabilities: issuer.capabilities,
    origin: issuer.origin,
    issue: (attempt, spec, requester) => around('issue', () => issuer.issue(attempt, spec, requester)),
    ...(settle && {
      settle: (attempt, requester) => around('settle', () => settle.call(issuer, attempt, requester)),
    }),
    ...(adopt && {
      adopt: (key, keyID, spec) => around('adopt', () => adopt.call(issuer, key, keyID, spec)),
    }),
    list: (owner) => around('list', () => issuer.list(owner)),
    verify: (key, presumed) => around('verify', () => issuer.verify(key, presumed)),
    get: (keyID) => around('get', () => issuer.get(keyID)),
    usage: (keyID) => around('usage', () => issuer.usage(keyID)),
    updatePermissions: (keyID, change) => around('update', () => issuer.updatePermissions(keyID, change)),
    revoke: (keyID, revocation) => around('revoke', () => issuer.revoke(keyID, revocation)),
    check: () => around('check', () => issuer.check()),
  };
}
