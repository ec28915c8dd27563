import type { Logger } from 'pino';

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

/** Writes each record as a log line with `audit: true`, whatever the log level is. */
export function createAudit(logger: Logger): Audit {
  // No member of a record has the name of a secret, and to look for such names costs more than all else that a line takes.
  const log = logger.child({ audit: true }, { level: 'info', redact: [] });
  return { record: (record) => log.info(record, 'Effect on the outside') };
}
