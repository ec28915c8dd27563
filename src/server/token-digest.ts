import { hash } from 'node:crypto';

/** Under which a token is remembered: its SHA-256, from which nobody gets it back. */
export function digestOf(token: string): string {
  return hash('sha256', token, 'base64');
}
