import type { Logger } from 'pino';
import type { SECRET_FIELDS } from './logger.ts';

/**
 * One mutation of the outside world, written when its call ended. Ids only: no key text, no store path. `docs/audit.md` shows how to
 * read them.
 */
export interface AuditRecord {
  /** `namespace/name` of the object that it was done for. */
  readonly object: string;
  /** `installation/uid/n.k`. */
  readonly attemptID: string;
  /** Of the intent under which it was done; missing where none was needed (a revocation). */
  readonly claim?: string | undefined;
  /** The key that was made, written or killed; of a commit, the key that it is about. */
  readonly keyID?: string | undefined;
  readonly effect: 'Commit' | 'Issue' | 'Publish' | 'Fence' | 'Forget' | 'Update' | 'Restart' | 'Revoke';
  /** Of a commit: what stands in status from then on, for instance `Intent` or `RevokeIntent`. */
  readonly step?: string | undefined;
  /** The target's name, for effects on stores; of a restart the workload, as `Deployment/payments-api`. */
  readonly target?: string | undefined;
  /** `Done`, or what is known after the call failed. */
  readonly outcome: 'Done' | 'unknown' | 'unavailable' | 'conflict' | 'denied' | 'refused';
}

/** Appends records; there is no way to change or drop one. */
export interface Audit {
  record(record: AuditRecord): void;
}

/** No member of a record has the name of a secret, which the compiler sees to; to look for such names took most of the time of a line. */
const NOTHING_TO_REDACT: keyof AuditRecord & (typeof SECRET_FIELDS)[number] extends never ? string[] : never = [];

/** Writes each record as a log line with `audit: true`, whatever the log level is. */
export function createAudit(logger: Logger): Audit {
  const log = logger.child({ audit: true }, { level: 'info', redact: NOTHING_TO_REDACT });
  return { record: (record) => log.info(record, 'Effect on the outside') };
}
