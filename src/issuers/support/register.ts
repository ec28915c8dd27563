import { isRecord } from '../../http/json.ts';

/** What the webhook has taken of a request: that it is there, and that it is urgent. */
export interface Told {
  readonly told?: boolean;
  readonly toldUrgent?: boolean;
}

/**
 * What people were asked for, and what they gave, for one attempt: nothing that is secret. They have no list of keys that could be
 * asked, so that the issuer keeps one. Times are RFC 3339, by the clock of the process that wrote them, for people.
 */
export interface Entry extends Told {
  /** `installation/uid/n.k`. */
  readonly label: string;
  readonly environment: string;
  readonly organization?: string;
  readonly permissions: readonly string[];
  readonly askedAt: string;
  /** The uid of a Secret that was there before anybody was asked: it answers another request. */
  readonly staleUID?: string;
  /** Set together, when a delivered key was taken. */
  readonly keyID?: string;
  readonly fingerprint?: string;
  readonly deliveredAt?: string;
  readonly revocation?: Told & { readonly askedAt: string };
  readonly revokedAt?: string;
}

/** A key that was delivered. */
export type DeliveredEntry = Entry & Required<Pick<Entry, 'keyID' | 'fingerprint' | 'deliveredAt'>>;

export type Register = readonly Entry[];

/** As many as a Secret holds by far; the oldest that nobody needs go first. */
const MAX_ENTRIES = 500;

export function isDelivered(entry: Entry): entry is DeliveredEntry {
  return entry.keyID !== undefined && entry.fingerprint !== undefined && entry.deliveredAt !== undefined;
}

/** Whether it is the key of this id: each environment has ids of its own. */
export function isNamed(entry: DeliveredEntry, keyID: string, environment: string): boolean {
  return entry.keyID === keyID && entry.environment === environment;
}

/** The register with this entry in place of the one for the same attempt. */
export function withEntry(register: Register, entry: Entry): Register {
  const others = register.filter(({ label }) => label !== entry.label);
  const excess = Math.max(0, others.length + 1 - MAX_ENTRIES);
  const forgotten = new Set(
    others.filter((each) => each.revokedAt !== undefined || !isDelivered(each)).slice(0, excess),
  );
  return [...others.filter((each) => !forgotten.has(each)), entry];
}

/** Undefined where the text is none of ours. */
export function parseRegister(text: string): Register | undefined {
  try {
    const entries: unknown = JSON.parse(text);
    return Array.isArray(entries) && entries.every(isEntry) ? entries : undefined;
  } catch {
    return undefined;
  }
}

export function formatRegister(register: Register): string {
  return JSON.stringify(register);
}

function isEntry(value: unknown): value is Entry {
  return (
    isRecord(value) &&
    typeof value.label === 'string' &&
    typeof value.environment === 'string' &&
    Array.isArray(value.permissions)
  );
}
