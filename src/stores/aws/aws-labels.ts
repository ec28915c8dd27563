import { CallError } from '../../http/call-error.ts';
import { type AttemptId, formatAttemptId, isOf, type Owner, parseAttemptId } from '../../key/attempt-id.ts';
import type { Marker } from '../../key/marker.ts';
import type { SecretDescription } from './secrets-client.ts';

/** The staging label of the version that consumers are served. */
export const CURRENT = 'AWSCURRENT';

const MARKER = 'akr/';
/** On a version without a marker that a publish replaced: it is no marker itself, and keeps AWS from dropping the version. */
const KEPT = 'akr-kept/';
const MAX_LABEL_LENGTH = 256;

/** `akr/<installation>/<uid>/<n>.<k>/<keyID>`, set only by the write that makes the version. Throws CallError where it is too long. */
export function markerLabel(marker: Marker): string {
  return label(MARKER, marker);
}

/** A label under which a version without a marker stays until the rotation is over. */
export function keptLabel(marker: Marker): string {
  return label(KEPT, marker);
}

/**
 * The marker among a version's labels; undefined where there is none that can be read. Others may move labels: of several the highest
 * counts, so that a label added by hand can only stop a write, not allow one.
 */
export function markerOf(labels: readonly string[]): Marker | undefined {
  const markers = labels.flatMap((text) => parse(MARKER, text) ?? []);
  return markers.sort((a, b) => b.revision - a.revision || b.attempt - a.attempt)[0];
}

/** The id of the version that consumers are served; undefined where there is none. */
export function currentOf(secret: Pick<SecretDescription, 'labels'> | undefined): string | undefined {
  return [...(secret?.labels ?? [])].find(([, labels]) => labels.includes(CURRENT))?.[0];
}

/** A label that an attempt has set. */
export interface OwnLabel {
  readonly text: string;
  readonly type: 'Marker' | 'Kept';
  readonly attempt: AttemptId;
}

/** The labels that one object's attempts have set. */
export function ownLabels(labels: readonly string[], owner: Owner): readonly OwnLabel[] {
  const read = (text: string, kind: string, type: OwnLabel['type']): OwnLabel[] => {
    const attempt = parse(kind, text);
    return attempt && isOf(attempt, owner) ? [{ text, type, attempt }] : [];
  };
  return labels.flatMap((text) => [...read(text, MARKER, 'Marker'), ...read(text, KEPT, 'Kept')]);
}

function label(kind: string, marker: Marker): string {
  const text = `${kind}${formatAttemptId(marker)}/${encodeURIComponent(marker.keyID)}`;
  if (text.length <= MAX_LABEL_LENGTH) return text;
  const message = `the marker of key ${marker.keyID} would be a staging label of ${text.length} characters, AWS takes ${MAX_LABEL_LENGTH}`;
  throw new CallError('refused', 'AWSMarkerTooLong', `${message}: start the operator with a shorter --installation`);
}

function parse(kind: string, text: string): Marker | undefined {
  if (!text.startsWith(kind)) return undefined;
  const end = text.lastIndexOf('/');
  const attempt = parseAttemptId(text.slice(kind.length, end));
  const keyID = decode(text.slice(end + 1));
  return attempt && keyID !== undefined ? { ...attempt, keyID } : undefined;
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
