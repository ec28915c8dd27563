import { type AttemptId, compareOrdinals, formatOrdinal, type Ordinal } from './attempt-id.ts';

/** Stored with every version that we write: whose it is, of which attempt, and the id of the key it holds. */
export interface Marker extends AttemptId {
  /** Empty in a fence over a path that held nothing. */
  readonly keyID: string;
}

/** A marker as one line of JSON, as stores keep it. */
export function formatMarker({ installation, uid, revision, attempt, keyID }: Marker): string {
  return JSON.stringify({ installation, uid, revision, attempt, keyID });
}

/** Reads a stored marker; undefined where the text is not one. Stored markers are untrusted input. */
export function parseMarker(text: string): Marker | undefined {
  const value = parseJson(text);
  if (typeof value !== 'object' || value === null) return undefined;
  const { installation, uid, revision, attempt, keyID } = value as Record<string, unknown>;
  if (typeof installation !== 'string' || typeof uid !== 'string' || typeof keyID !== 'string') return undefined;
  if (!isOrdinalPart(revision) || !isOrdinalPart(attempt)) return undefined;
  return { installation, uid, revision, attempt, keyID };
}

/** Whether a marker was written for this object by this installation. */
export function isMarkerOf(marker: Marker, owner: { readonly installation: string; readonly uid: string }): boolean {
  return marker.installation === owner.installation && marker.uid === owner.uid;
}

/** `2.1 (key k_123)`, for messages. */
export function describeMarker(marker: Marker): string {
  return `${formatOrdinal(marker)} (key ${marker.keyID || 'none'})`;
}

/** Whether `marker` stands above the ordinal. */
export function isAbove(marker: Ordinal, ordinal: Ordinal): boolean {
  return compareOrdinals(marker, ordinal) > 0;
}

function isOrdinalPart(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
