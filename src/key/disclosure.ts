import { MIN_KEY_LENGTH } from './fingerprint.ts';
import type { SecretValue } from './secret-value.ts';

/**
 * Whether the id of a key, which anybody may read, gives the key away: it has all of its text, or so much that less is left to guess
 * than a key has. An id that is a part of its key's text, as some vendors make them, does not.
 */
export function discloses(keyID: string, key: SecretValue): boolean {
  const text = key.reveal();
  if (keyID.includes(text)) return true;
  return text.includes(keyID) && text.length - keyID.length < Math.min(keyID.length, MIN_KEY_LENGTH);
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * Whether id and key look as if they had been swapped: the id is as long as a key has to be, and as long as what it is the id of. Of
 * two texts of one length the one that is written as a UUID is taken for the id.
 */
export function looksSwapped(keyID: string, key: SecretValue): boolean {
  const [id, text] = [lengthOf(keyID), lengthOf(key.reveal())];
  return keyID.length >= MIN_KEY_LENGTH && (id > text || (id === text && !UUID.test(keyID)));
}

/** Letters and digits alone: dashes are a way to write them. */
function lengthOf(text: string): number {
  return text.replace(/[^A-Za-z0-9]/g, '').length;
}
