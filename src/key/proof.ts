import { createHmac, hash, timingSafeEqual } from 'node:crypto';
import type { SecretValue } from './secret-value.ts';

/** What a proof is bound to: one object, one revision of it, one consumer. */
export interface ProofSubject {
  readonly uid: string;
  readonly revision: number;
  readonly consumer: string;
}

/** HMAC-SHA256(key, "apikeyrotation/v1/{uid}/{revision}/{consumer}") in hex: shows possession of the key without the key. */
export function proofOf(key: SecretValue, { uid, revision, consumer }: ProofSubject): string {
  return createHmac('sha256', key.reveal()).update(`apikeyrotation/v1/${uid}/${revision}/${consumer}`).digest('hex');
}

/** The SHA-256 of a proof in hex, as status keeps it: it verifies a proof and cannot be turned into one. */
export function proofHash(proof: string): string {
  return hash('sha256', proof);
}

/** Whether `proof` is the one whose hash is `expectedHash`; constant time. */
export function proofMatches(proof: string, expectedHash: string): boolean {
  const actual = Buffer.from(proofHash(proof));
  const expected = Buffer.from(expectedHash);
  return actual.length === expected.length && timingSafeEqual(actual, expected);
}
