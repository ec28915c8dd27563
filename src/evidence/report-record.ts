import { hash } from 'node:crypto';
import { GROUP, LABEL, VERSION } from '../api/names.ts';
import type { MigrationReport } from '../api/types.ts';
import type { OwnerReference } from '../runtime/kube/kube-api.ts';
import type { EvidenceSubject } from './evidence.ts';

export type ReportType = MigrationReport['spec']['type'];
type Reporter = NonNullable<MigrationReport['spec']['reporter']>;

/** A MigrationReport as we write it: garbage collection removes it with its rotation. */
export type OwnedReport = MigrationReport & { metadata: { ownerReferences: OwnerReference[] } };

/** One thing that one reporter has shown, authenticated. */
export interface Claim extends EvidenceSubject {
  readonly namespace: string;
  readonly rotationName: string;
  readonly consumer: string;
  readonly type: ReportType;
  /** The pod that spoke; for a Proof, which is the same whoever gives it, undefined. */
  readonly reporter: Reporter | undefined;
  /** RFC 3339, by the API server's clock. */
  readonly reportedAt: string;
}

/** A rotation's name may have 200 characters; with the hash an object's name stays below 253. */
const MAX_ROTATION_NAME = 200;

/** `<rotation>-<hash>`: the one record of (rotation uid, consumer, type, reporter), overwritten at each revision. */
export function reportName(
  rotationName: string,
  uid: string,
  consumer: string,
  type: ReportType,
  reporter: string,
): string {
  const digest = hash('sha256', JSON.stringify([uid, consumer, type, reporter]));
  return `${rotationName.slice(0, MAX_ROTATION_NAME).replace(/[-.]+$/, '')}-${digest.slice(0, 20)}`;
}

/** The name of the record that keeps this claim. */
export function recordName(claim: Pick<Claim, 'rotationName' | 'uid' | 'consumer' | 'type' | 'reporter'>): string {
  return reportName(claim.rotationName, claim.uid, claim.consumer, claim.type, claim.reporter?.podUID ?? '');
}

/** The MigrationReport that records the claim. */
export function buildReport(claim: Claim): OwnedReport {
  const { namespace, rotationName, uid, revision, consumer, type, fingerprint, reporter, reportedAt } = claim;
  const apiVersion = `${GROUP}/${VERSION}`;
  return {
    apiVersion,
    kind: 'MigrationReport',
    metadata: {
      name: recordName(claim),
      namespace,
      labels: { [LABEL.rotationUID]: uid, [LABEL.consumer]: consumer },
      ownerReferences: [{ apiVersion, kind: 'ApiKeyRotation', name: rotationName, uid }],
    },
    spec: {
      rotationRef: { name: rotationName, uid },
      revision,
      consumer,
      type,
      fingerprint,
      ...(reporter ? { reporter } : {}),
      reportedAt,
    },
  };
}

/** Whether two records say the same; when they were written does not matter. */
export function saysTheSame(a: MigrationReport, b: MigrationReport): boolean {
  return facts(a) === facts(b);
}

function facts({ spec, metadata }: MigrationReport): string {
  const { rotationRef, revision, consumer, type, fingerprint, reporter } = spec;
  const { username, podName, podUID } = reporter ?? {};
  const labels = [metadata.labels?.[LABEL.rotationUID], metadata.labels?.[LABEL.consumer]];
  return JSON.stringify([rotationRef.uid, revision, consumer, type, fingerprint, username, podName, podUID, labels]);
}
