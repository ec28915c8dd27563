import { hash } from 'node:crypto';
import type { SecretValue } from './secret-value.ts';

/** Keys shorter than this are refused: a 64-bit fingerprint of a guessable text would give the text away. */
export const MIN_KEY_LENGTH = 20;

/** The first 16 hex digits of SHA-256 of the key; safe to show. */
export function fingerprint(key: SecretValue): string {
  return hash('sha256', key.reveal()).slice(0, 16);
}

/** Whether a key is too short for its fingerprint to be shown. */
export function isTooShort(key: SecretValue): boolean {
  return key.reveal().length < MIN_KEY_LENGTH;
}
