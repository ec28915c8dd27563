import { formatMarker, type Marker, parseMarker } from '../../key/marker.ts';
import { SecretValue } from '../../key/secret-value.ts';
import type { StoredValue } from '../port.ts';

/** The field that holds the marker, next to the key's own. */
export const MARKER_FIELD = 'APIKEYROTATION_MARKER';

/**
 * Values that are no text (numbers, lists, objects of other people): shown as JSON, and written back as what they were
 * when a Merge hands the same SecretValue in again.
 */
const originals = new WeakMap<SecretValue, unknown>();

/** The data of a version as fields and marker. */
export function decodeData(data: Readonly<Record<string, unknown>>): Pick<StoredValue, 'fields' | 'marker'> {
  const { [MARKER_FIELD]: markerText, ...rest } = data;
  const marker = typeof markerText === 'string' ? parseMarker(markerText) : undefined;
  const fields = Object.fromEntries(Object.entries(rest).map(([name, value]) => [name, toSecret(value)]));
  return marker ? { fields, marker } : { fields };
}

/** The data to write. Reveals the plaintext: its result goes to Vault and nowhere else. */
export function encodeData(fields: StoredValue['fields'], marker: Marker): Record<string, unknown> {
  const data = Object.entries(fields).map(([name, value]) => [name, fromSecret(value)]);
  return { ...Object.fromEntries(data), [MARKER_FIELD]: formatMarker(marker) };
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
