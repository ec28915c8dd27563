/** One object of one installation. */
export interface Owner {
  readonly installation: string;
  readonly uid: string;
}

/** One issuance: the `attempt`-th within the `revision`-th rotation of one object of one installation. */
export interface AttemptId extends Owner {
  readonly revision: number;
  readonly attempt: number;
}

/** `installation/uid/n.k`: the Idempotency-Key of the issue call and the label of the key that it makes. */
export function formatAttemptId({ installation, uid, revision, attempt }: AttemptId): string {
  return `${installation}/${uid}/${revision}.${attempt}`;
}

/** The attempt that a label names, or undefined where the label is not of our form. */
export function parseAttemptId(label: string | undefined): AttemptId | undefined {
  const match = /^([^/]+)\/([^/]+)\/(\d{1,9})\.(\d{1,9})$/.exec(label ?? '');
  const [, installation, uid, revision, attempt] = match ?? [];
  if (!installation || !uid) return undefined;
  return { installation, uid, revision: Number(revision), attempt: Number(attempt) };
}

/** Whether an attempt, marker or label belongs to this object of this installation. */
export function isOf(id: Owner, owner: Owner): boolean {
  return id.installation === owner.installation && id.uid === owner.uid;
}
