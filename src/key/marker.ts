import type { AttemptId } from './attempt-id.ts';

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
  if (!isCount(revision) || !isCount(attempt)) return undefined;
  return { installation, uid, revision, attempt, keyID };
}

/** A label has nine digits for it: whoever plants a higher one must not lead an object where it cannot go on. */
const MAX_COUNT = 999_999_999;

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= MAX_COUNT;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
