import { parseAttemptId } from '../src/key/attempt-id.ts';
import { TRIGGERS } from './cast.ts';

/** A key as the issuing API has it; times in milliseconds since the epoch. */
export interface IssuedKey {
  readonly id: string;
  /** `installation/uid/n.k`, as the operator labels what it issues. */
  readonly label: string | undefined;
  readonly createdAt: number;
  readonly revokedAt: number | undefined;
}

/** A version that Vault took. */
export interface Publication {
  readonly keyID: string;
  readonly at: number;
}

/** A report of a pod that the operator recorded and of which the pod was told so. */
export interface AcceptedReport {
  readonly pod: string;
  readonly revision: number;
  readonly at: number;
}

/** One rotation as the demo prints it. Times are RFC 3339. */
export interface RotationRecord {
  readonly trigger: string;
  /** Keys that were issued for it. */
  readonly attempts: number;
  readonly issuedKeyID: string;
  readonly revokedKeyID: string | null;
  readonly publishedAt: string | null;
  readonly lastReportAt: string | null;
  readonly revokedAt: string | null;
}

/** What was seen, each by the one who did it. */
export interface Sightings {
  /** In the order of issue, management credentials excluded. */
  readonly keys: readonly IssuedKey[];
  readonly publications: readonly Publication[];
  readonly reports: readonly AcceptedReport[];
}

/** Puts the rotations together from what issuing API, Vault and consumers saw. */
export function rotationsOf({ keys, publications, reports }: Sightings): readonly RotationRecord[] {
  const byRevision = Map.groupBy(keys, ({ label }) => parseAttemptId(label)?.revision ?? 0);
  const revisions = [...byRevision.keys()].sort((a, b) => a - b);
  let old: IssuedKey | undefined;
  return revisions.map((revision) => {
    const issued = byRevision.get(revision) ?? [];
    const key = issued.findLast(({ id }) => publications.some(({ keyID }) => keyID === id)) ?? issued.at(-1);
    const retired = old;
    old = key;
    const times = reports.filter((report) => report.revision === revision).map(({ at }) => at);
    return {
      trigger: TRIGGERS[revision - 1] ?? `unexpected revision ${revision}`,
      attempts: issued.length,
      issuedKeyID: key?.id ?? '',
      revokedKeyID: retired?.revokedAt === undefined ? null : retired.id,
      publishedAt: timeText(publications.find(({ keyID }) => keyID === key?.id)?.at),
      lastReportAt: timeText(times.length > 0 ? Math.max(...times) : undefined),
      revokedAt: timeText(retired?.revokedAt),
    };
  });
}

function timeText(at: number | undefined): string | null {
  return at === undefined ? null : new Date(at).toISOString();
}
