/** The k-th issuance within the n-th rotation of one object; ordered as (n, k). */
export interface Ordinal {
  readonly revision: number;
  readonly attempt: number;
}

/** One attempt of one object of one installation. */
export interface AttemptId extends Ordinal {
  readonly installation: string;
  readonly uid: string;
}

/** Negative, zero or positive as `a` stands before, at or after `b` in the order (revision, attempt). */
export function compareOrdinals(a: Ordinal, b: Ordinal): number {
  return a.revision - b.revision || a.attempt - b.attempt;
}

/** `n.k`, for messages and labels. */
export function formatOrdinal({ revision, attempt }: Ordinal): string {
  return `${revision}.${attempt}`;
}

/** `installation/uid/n.k`: the Idempotency-Key of the issue call and the label of the key that it makes. */
export function formatAttemptId(id: AttemptId): string {
  return `${id.installation}/${id.uid}/${formatOrdinal(id)}`;
}

/** The attempt that a label names, or undefined where the label is not of our form. */
export function parseAttemptId(label: string | undefined): AttemptId | undefined {
  const match = /^([^/]+)\/([^/]+)\/(\d{1,9})\.(\d{1,9})$/.exec(label ?? '');
  const [, installation, uid, revision, attempt] = match ?? [];
  if (!installation || !uid) return undefined;
  return { installation, uid, revision: Number(revision), attempt: Number(attempt) };
}
