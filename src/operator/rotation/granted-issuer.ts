import type { Issuer, KeySpec } from '../../issuers/port.ts';

/**
 * The same issuer, which makes no key before `assertGranted` has let it pass; what that throws is the answer. Only to make a key takes
 * a grant: one that was made is looked at and revoked also when the grant is gone.
 */
export function grantedIssuer(issuer: Issuer, assertGranted: (key: KeySpec) => void): Issuer {
  return {
    ...issuer,
    async issue(attempt, key, requester) {
      assertGranted(key);
      return issuer.issue(attempt, key, requester);
    },
  };
}
