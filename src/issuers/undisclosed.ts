import { errorOfUnusableAnswer } from '../http/outcome.ts';
import { discloses } from '../key/disclosure.ts';
import type { Issuer } from './port.ts';

/**
 * The same issuer, none of whose answers names a key by its text: ids go into status, events, logs and URLs. Such an answer is none
 * that could be used; after an issue call nobody knows which key was made.
 */
export function undisclosed(issuer: Issuer, name: string): Issuer {
  function unusable(operation: string, idempotent: boolean): never {
    const why = 'what should be the id of the key gives away its text';
    throw errorOfUnusableAnswer({ peer: name, operation, idempotent }, why);
  }

  return {
    ...issuer,
    async issue(attempt, spec, requester) {
      const result = await issuer.issue(attempt, spec, requester);
      if (result.type === 'Issued' && discloses(result.record.keyID, result.key)) unusable('issue a key', false);
      return result;
    },
    async verify(key, presumed) {
      const record = await issuer.verify(key, presumed);
      if (record && discloses(record.keyID, key)) unusable('verify a key', true);
      return record;
    },
  };
}
