import type { Issuer } from './port.ts';

/** The same issuer, where `around` has every call in its hand; `op` is the name of the call in metrics. */
export function aroundIssuer(issuer: Issuer, around: <T>(op: string, call: () => Promise<T>) => Promise<T>): Issuer {
  return {
    capabilities: issuer.capabilities,
    origin: issuer.origin,
    issue: (attempt, spec) => around('issue', () => issuer.issue(attempt, spec)),
    list: (owner) => around('list', () => issuer.list(owner)),
    verify: (key, presumed) => around('verify', () => issuer.verify(key, presumed)),
    get: (keyID) => around('get', () => issuer.get(keyID)),
    usage: (keyID) => around('usage', () => issuer.usage(keyID)),
    updatePermissions: (keyID, change) => around('update', () => issuer.updatePermissions(keyID, change)),
    revoke: (keyID) => around('revoke', () => issuer.revoke(keyID)),
    check: () => around('check', () => issuer.check()),
  };
}
