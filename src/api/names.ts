/** API group of all kinds, prefix of our annotations and labels, and default audience of report tokens. */
export const GROUP = 'apikeyrotation.io';
export const VERSION = 'v1alpha1';

/** Held by every object that has begun an attempt, until its keys are accounted for. */
export const FINALIZER = `${GROUP}/keys`;

/** Requests are annotations; each token is handled once. */
export const ANNOTATION = {
  /** `<token>`: rotate now. */
  rotate: `${GROUP}/rotate`,
  /** `<token>: text`: why, shown in history. */
  rotateReason: `${GROUP}/rotate-reason`,
  /** `<token>/<key id>`: this key has leaked; it dies as soon as another is in every target. */
  emergency: `${GROUP}/emergency`,
  /** `<running revision>/<token>`: publish the key again that this rotation retires, and retire the new one. */
  rollback: `${GROUP}/rollback`,
  /** `<running revision>/<target>`: go on without this target. */
  dropTarget: `${GROUP}/drop-target`,
  /** `<revision>` or `<revision>/<token>`: the highest revision seen, when status was restored from the past. */
  acceptState: `${GROUP}/accept-state`,
  /** `<key id>[,<key id>]`: people have revoked these keys, where people do. */
  revocationConfirmed: `${GROUP}/revocation-confirmed`,
  /** On a Secret that we publish: its marker. */
  marker: `${GROUP}/marker`,
} as const;

/** Labels of a MigrationReport. */
export const LABEL = {
  rotationUID: `${GROUP}/rotation-uid`,
  consumer: `${GROUP}/consumer`,
} as const;

/** Version of the protocol that this code speaks; a status of a higher one is left alone. */
export const PROTOCOL = 1;
