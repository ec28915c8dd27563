import { SecretValue } from '../key/secret-value.ts';

/**
 * Values that are no text (numbers, lists, objects of other people) in stores that keep JSON: shown as JSON, and written back as what
 * they were when a Merge hands the same SecretValue in again.
 */
const originals = new WeakMap<SecretValue, unknown>();

/** The fields of a stored JSON object. */
export function toFields(data: Readonly<Record<string, unknown>>): Record<string, SecretValue> {
  return Object.fromEntries(Object.entries(data).map(([name, value]) => [name, toSecret(value)]));
}

/** The JSON object to store. Reveals the plaintext: its result goes to the store and nowhere else. */
export function fromFields(fields: Readonly<Record<string, SecretValue>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, fromSecret(value)]));
}

function toSecret(value: unknown): SecretValue {
  if (typeof value === 'string') return new SecretValue(value);
  const secret = new SecretValue(JSON.stringify(value));
  originals.set(secret, value);
  return secret;
}

function fromSecret(value: SecretValue): unknown {
  return originals.has(value) ? originals.get(value) : value.reveal();
}
