import { createHash, createHmac } from 'node:crypto';

/** What a proof is bound to: one rotation object, one revision of it, one consumer. */
export interface ProofSubject {
  readonly uid: string;
  readonly revision: number;
  readonly consumer: string;
}

/** The first 16 hex digits of SHA-256 of the key: names the key without giving it away. */
export function fingerprintOf(key: string): string {
  return createHash('sha256').update(key).digest('hex').slice(0, 16);
}

/** HMAC-SHA256(key, "apikeyrotation/v1/{uid}/{revision}/{consumer}") in hex: shows possession of the key. */
export function proofOf(key: string, { uid, revision, consumer }: ProofSubject): string {
  return createHmac('sha256', key).update(`apikeyrotation/v1/${uid}/${revision}/${consumer}`).digest('hex');
}
