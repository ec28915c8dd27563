import { hash } from 'node:crypto';
import { CallError } from '../http/call-error.ts';
import { type CallSubject, errorOfUnusableAnswer } from '../http/outcome.ts';
import { discloses } from '../key/disclosure.ts';
import type { SecretValue } from '../key/secret-value.ts';
import type { Issuer, KeyRecord } from './port.ts';

/** The id in an answer gives away the text of the key, so that no id that is read in this way can be believed. */
export class DisclosureError extends CallError {
  constructor(subject: CallSubject, why = 'what should be the id of the key gives away its text') {
    const { outcome, reason, message } = errorOfUnusableAnswer(subject, why);
    super(outcome, reason, message);
  }
}

/** The oldest goes when there are more: a restart forgets all of them. */
const MAX_TEXTS = 1_000;

/**
 * Makes issuers none of whose answers names a key by its text: ids go into status, events, logs and URLs. Such an answer is none that
 * could be used; after an issue call nobody knows which key was made.
 *
 * Answers to `issue` and `verify` come with the text that their id is compared with. Those to `list` and `get` do not: they are refused
 * once an id gave a key away, and where the id is the text of a key that was seen. What is remembered is shared by all issuers made
 * here, which read ids in the same way. After a restart nothing is remembered: a list is then believed until an answer gives a key away.
 */
export function createUndisclosed(name: string): (issuer: Issuer) => Issuer {
  /** SHA-256 of keys, in hex. */
  const texts = new Set<string>();
  let hasDisclosed = false;

  function see(key: SecretValue): void {
    const text = hash('sha256', key.reveal());
    texts.delete(text);
    texts.add(text);
    const [oldest = ''] = texts;
    if (texts.size > MAX_TEXTS) texts.delete(oldest);
  }

  async function noting<T>(call: Promise<T>): Promise<T> {
    try {
      return await call;
    } catch (error) {
      hasDisclosed ||= error instanceof DisclosureError;
      throw error;
    }
  }

  function refuse(operation: string, idempotent: boolean): never {
    hasDisclosed = true;
    throw new DisclosureError({ peer: name, operation, idempotent });
  }

  function assertUndisclosed(records: readonly KeyRecord[], operation: string): void {
    hasDisclosed ||= records.some(({ keyID }) => texts.has(hash('sha256', keyID)));
    if (!hasDisclosed || records.length === 0) return;
    const why =
      'what should be the id of a key was, or may have been, the text of one, so that its ids are not believed; correct where the issuer says that ids are (spec.http.key.keyID), or let it say what they look like (spec.http.key.keyIDPattern)';
    throw new DisclosureError({ peer: name, operation, idempotent: true }, why);
  }

  return (issuer) => ({
    ...issuer,
    async issue(attempt, spec, requester) {
      const result = await noting(issuer.issue(attempt, spec, requester));
      if (result.type !== 'Issued') return result;
      see(result.key);
      if (discloses(result.record.keyID, result.key)) refuse('issue a key', false);
      return result;
    },
    async verify(key, presumed) {
      see(key);
      const record = await noting(issuer.verify(key, presumed));
      if (record && discloses(record.keyID, key)) refuse('verify a key', true);
      return record;
    },
    async list(owner) {
      const records = await issuer.list(owner);
      assertUndisclosed(records, 'list keys');
      return records;
    },
    async get(keyID) {
      const record = await issuer.get(keyID);
      assertUndisclosed(record ? [record] : [], 'look up a key');
      return record;
    },
  });
}
