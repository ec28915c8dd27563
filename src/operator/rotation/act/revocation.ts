import { CallError } from '../../../http/call-error.ts';
import type { DoomedKey } from '../../../rotation/decision.ts';
import type { Facts } from '../../../rotation/facts.ts';
import { committed, ownerOf } from '../../../rotation/transitions/status.ts';
import type { References } from '../references.ts';
import { revocationOf } from '../requester.ts';
import type { Effects } from './effects.ts';

export interface RevocationDeps {
  readonly references: References;
  readonly effectsFor: (facts: Facts) => Effects;
}

/** Revokes keys, each at its recorded issuer, and sees that they are dead: some issuers take their time. */
export type RevokeKeys = (facts: Facts, keys: readonly DoomedKey[]) => Promise<void>;

export function createRevocation({ references, effectsFor }: RevocationDeps): RevokeKeys {
  return async (facts, keys) => {
    const namespace = facts.object.metadata.namespace ?? '';
    const attempt = { ...ownerOf(facts), ...committed(facts) };
    for (const { keyID, issuer: identity } of keys) {
      const issuer = references.issuer(namespace, identity);
      await effectsFor(facts).revoke(issuer, keyID, attempt, revocationOf(facts.object, keyID, references));
      if ((await issuer.get(keyID))?.status !== 'Active') continue;
      const message = `the issuer still shows key ${keyID} as alive after it was revoked`;
      throw new CallError('unavailable', 'RevocationPending', message);
    }
  };
}
