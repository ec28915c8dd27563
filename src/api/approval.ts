import { GROUP, LABEL, VERSION } from './names.ts';
import type { MigrationReport } from './types.ts';

/** What exactly a person approves: that a consumer has moved to this key, in this revision of this rotation. */
export interface Approval {
  readonly namespace: string;
  readonly rotationName: string;
  readonly uid: string;
  readonly revision: number;
  readonly fingerprint: string;
  readonly consumer: string;
  /** Who approves; the policy holds it against who writes it. */
  readonly username: string;
}

/** The MigrationReport that says so, to be created by that person. */
export function approvalReport(approval: Approval): Omit<MigrationReport, 'metadata'> & { readonly metadata: object } {
  const { namespace, rotationName, uid, revision, fingerprint, consumer, username } = approval;
  return {
    apiVersion: `${GROUP}/${VERSION}`,
    kind: 'MigrationReport',
    metadata: {
      namespace,
      generateName: `${rotationName.slice(0, 200)}-`,
      labels: { [LABEL.rotationUID]: uid, [LABEL.consumer]: consumer },
    },
    spec: {
      rotationRef: { name: rotationName, uid },
      revision,
      consumer,
      type: 'Approval',
      fingerprint,
      reporter: { username },
    },
  };
}
