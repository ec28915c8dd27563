import { reports } from '../api/resources.ts';
import type { MigrationReport } from '../api/types.ts';
import { buildReport, type Claim, type OwnedReport, recordName, saysTheSame } from '../evidence/report-record.ts';
import type { KubeApi } from '../runtime/kube/kube-api.ts';
import { isConflict, isNotFound } from '../runtime/kube/kube-errors.ts';
import { ApiError } from './api-error.ts';

/** What `writeClaim` came to; Outrun: a record of a higher revision stands there, so the view of the rotation was old. */
export type WriteResult = 'Recorded' | 'Outrun';

/** Reads cached records and writes them. */
export interface ReportWriterDeps {
  readonly kube: Pick<KubeApi, 'create' | 'get' | 'replace'>;
  /** The cached record of that name, possibly old. */
  readonly cached: (namespace: string, name: string) => MigrationReport | undefined;
}

const MAX_TRIES = 4;

/** Keeps one record a reporter: writes nothing when it says the same already. Resolves only after the record stands. */
export function createReportWriter({ kube, cached }: ReportWriterDeps): (claim: Claim) => Promise<WriteResult> {
  return async (claim) => {
    const ref = { resource: reports, namespace: claim.namespace, name: recordName(claim) };
    const wanted = buildReport(claim);
    let found = cached(ref.namespace, ref.name);
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      if (found && saysTheSame(found, wanted)) return 'Recorded';
      if (found && found.spec.revision > claim.revision) return 'Outrun';
      if (await isWritten(() => put(wanted, found))) return 'Recorded';
      found = await kube.get<MigrationReport>(ref);
    }
    throw new ApiError(503, 'Contended', 'The record of this report keeps changing: try again', 1);
  };

  function put(wanted: OwnedReport, found: MigrationReport | undefined): Promise<unknown> {
    const { namespace, name } = wanted.metadata;
    if (!found) return kube.create(reports, namespace, wanted);
    const { resourceVersion } = found.metadata;
    const metadata = { ...wanted.metadata, ...(resourceVersion ? { resourceVersion } : {}) };
    return kube.replace({ resource: reports, namespace, name }, { ...wanted, metadata });
  }
}

/** False where another write came first; every other failure is thrown. */
async function isWritten(write: () => Promise<unknown>): Promise<boolean> {
  try {
    await write();
    return true;
  } catch (error) {
    if (isConflict(error) || isNotFound(error)) return false;
    throw error;
  }
}
