import { formatMarker, type Marker, parseMarker } from '../../key/marker.ts';
import { fromFields, toFields } from '../field-values.ts';
import type { StoredValue } from '../port.ts';

/** The field that holds the marker, next to the key's own. */
export const MARKER_FIELD = 'APIKEYROTATION_MARKER';

/** The data of a version as fields and marker. */
export function decodeData(data: Readonly<Record<string, unknown>>): Pick<StoredValue, 'fields' | 'marker'> {
  const { [MARKER_FIELD]: markerText, ...rest } = data;
  const marker = typeof markerText === 'string' ? parseMarker(markerText) : undefined;
  const fields = toFields(rest);
  return marker ? { fields, marker } : { fields };
}

/** The data to write. Reveals the plaintext: its result goes to Vault and nowhere else. */
export function encodeData(fields: StoredValue['fields'], marker: Marker): Record<string, unknown> {
  return { ...fromFields(fields), [MARKER_FIELD]: formatMarker(marker) };
}
