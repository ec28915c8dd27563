/** The k-th issuance within the n-th rotation of one object; ordered as (n, k). */
export interface Ordinal {
  readonly revision: number;
  readonly attempt: number;
}

/** Negative, zero or positive as `a` stands before, at or after `b` in the order (revision, attempt). */
export function compareOrdinals(a: Ordinal, b: Ordinal): number {
  return a.revision - b.revision || a.attempt - b.attempt;
}

/** Whether `a` stands above `b`. */
export function isAbove(a: Ordinal, b: Ordinal): boolean {
  return compareOrdinals(a, b) > 0;
}

/** `n.k`, for messages. */
export function formatOrdinal({ revision, attempt }: Ordinal): string {
  return `${revision}.${attempt}`;
}
