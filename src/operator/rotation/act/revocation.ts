import { CallError, type CallOutcome } from '../../../http/call-error.ts';
import type { Issuer } from '../../../issuers/port.ts';
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
      const request = revocationOf(facts.object, keyID, references);
      const refusal = await effectsFor(facts).revoke(issuer, keyID, attempt, request).then(nothing, definiteAnswer);
      if (!(await isAlive(issuer, keyID, refusal))) continue;
      // Who is busy with it, or with something else, says conflict.
      if (refusal && refusal.outcome !== 'conflict') throw refusal;
      const message = `the issuer still shows key ${keyID} as alive after it was revoked`;
      throw new CallError('unavailable', 'RevocationPending', message);
    }
  };
}

const nothing = () => undefined;

/** Many an issuer refuses to revoke a key that is dead, or about to be: whether it is has to be asked. Throws what is no answer. */
function definiteAnswer(error: unknown): CallError {
  if (error instanceof CallError && ANSWERS.has(error.outcome)) return error;
  throw error;
}

const ANSWERS: ReadonlySet<CallOutcome> = new Set(['conflict', 'denied', 'refused']);

/** Where the question is not answered either, the refusal tells more. */
async function isAlive(issuer: Issuer, keyID: string, refusal: CallError | undefined): Promise<boolean> {
  try {
    const found = await issuer.get(keyID);
    // Whom an issuer does not let revoke a key it may not let see that key either.
    if (!found && refusal?.outcome === 'denied') throw refusal;
    return found?.status === 'Active';
  } catch (error) {
    throw refusal ?? error;
  }
}
