import { formatMarker, type Marker, parseMarker } from '../../key/marker.ts';
import { SecretValue } from '../../key/secret-value.ts';
import type { KubeObject } from '../../runtime/kube/kube-api.ts';
import type { StoredValue } from '../port.ts';

/** The annotation that holds the marker. */
export const MARKER_ANNOTATION = 'apikeyrotation.io/marker';

/** The only type of Secret that is read and written: others mean something to the cluster itself (tokens for its API). */
export const TYPE = 'Opaque';

/** A Secret as the API has it: `data` in base64. */
export interface Secret extends KubeObject {
  type?: string;
  immutable?: boolean;
  data?: Record<string, string>;
}

/** Data that is no UTF-8 text: written back byte for byte when a Merge hands the same SecretValue in again. */
const originals = new WeakMap<SecretValue, string>();

/** The fields and the marker of a Secret. */
export function decodeSecret({ data = {}, metadata }: Secret): Pick<StoredValue, 'fields' | 'marker'> {
  const fields = Object.fromEntries(Object.entries(data).map(([name, value]) => [name, decode(value)]));
  const marker = parseMarker(metadata.annotations?.[MARKER_ANNOTATION] ?? '');
  return marker ? { fields, marker } : { fields };
}

/** The data to write. Reveals the plaintext: its result goes to Kubernetes and nowhere else. */
export function encodeFields(fields: StoredValue['fields']): Record<string, string> {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, encode(value)]));
}

/** The annotations that a publish sets; all others are left as they are. */
export function markerAnnotations(marker: Marker): Record<string, string> {
  return { [MARKER_ANNOTATION]: formatMarker(marker) };
}

function decode(base64: string): SecretValue {
  const bytes = Buffer.from(base64, 'base64');
  const secret = new SecretValue(bytes.toString('utf8'));
  if (!Buffer.from(secret.reveal(), 'utf8').equals(bytes)) originals.set(secret, base64);
  return secret;
}

function encode(value: SecretValue): string {
  return originals.get(value) ?? Buffer.from(value.reveal(), 'utf8').toString('base64');
}
