import { looksSwapped } from '../../key/disclosure.ts';
import { MIN_KEY_LENGTH } from '../../key/fingerprint.ts';
import { SecretValue } from '../../key/secret-value.ts';
import type { Probe } from './probe.ts';

/** How the two are called where they were found. */
export interface Names {
  readonly key: string;
  readonly keyID: string;
}

/** In the Secret that people make. */
const FIELDS: Names = { key: 'field key', keyID: 'field keyID' };

/** Neither is quoted, since each may be the key. */
export function swappedText({ key, keyID }: Names = FIELDS): string {
  return `${key} and ${keyID} look swapped: see which is the id and which the key`;
}

/**
 * What is wrong with a key that people gave, and with its id, which will stand where anybody reads it. The probe tells whether either
 * works; without it only their looks can. Throws CallError where the probe cannot tell now.
 */
export async function examine(
  { keyID, key }: { readonly keyID: string; readonly key: SecretValue },
  { probe, environment }: { readonly probe: Probe | undefined; readonly environment: string },
  names = FIELDS,
): Promise<string | undefined> {
  const swapped = looksSwapped(keyID, key) ? swappedText(names) : undefined;
  if (!probe) return swapped;
  if (!(await probe(key))) return swapped ?? `${names.key} is no living key of environment ${environment}`;
  const isKey = keyID.length >= MIN_KEY_LENGTH && (await probe(new SecretValue(keyID)));
  return isKey ? `${names.keyID} holds a living key of environment ${environment}, not the id of one` : undefined;
}
