import { CallError, NotBegunError } from '../../../http/call-error.ts';
import type { IssueResult, Issuer, KeySpec, PermissionChange, Requester, Revocation } from '../../../issuers/port.ts';
import { type AttemptId, formatAttemptId } from '../../../key/attempt-id.ts';
import { assertLeading, type Leadership } from '../../../runtime/leader-election/leadership.ts';
import type { KeyStore, Publication, PublishedVersion } from '../../../stores/port.ts';
import type { Audit, AuditRecord } from '../../../telemetry/audit.ts';

/**
 * The only way to change anything outside Kubernetes, and to commit a step of the protocol. Nothing begins unless this process leads
 * at that moment (CallError NotLeading); every call that changes something leaves one audit record, whatever became of it.
 */
export interface Effects {
  /** Makes a step durable by `write`, a compare-and-set of the status. */
  commit<T>(record: CommitRecord, write: () => Promise<T>): Promise<T>;
  issue(issuer: Issuer, attempt: AttemptId, spec: KeySpec, requester: Requester): Promise<IssueResult>;
  publish(
    store: KeyStore,
    target: string,
    publication: Publication,
    effect?: 'Publish' | 'Fence',
  ): Promise<PublishedVersion>;
  /** See KeyStore.forgetReplaced. */
  forgetReplaced(
    store: KeyStore,
    target: { readonly name: string; readonly path: string },
    attempt: AttemptId,
  ): Promise<void>;
  /** See Issuer.updatePermissions. */
  updatePermissions(
    issuer: Issuer,
    keyID: string,
    change: PermissionChange,
    attempt: AttemptId,
  ): Promise<'Updated' | 'NewKeyRequired'>;
  /** Restarts a workload by `write`, for the revision of this attempt. */
  restart(workload: string, attempt: AttemptId, write: () => Promise<unknown>): Promise<void>;
  revoke(issuer: Issuer, keyID: string, attempt: AttemptId, revocation: Revocation): Promise<void>;
}

/** What is said of a commit; `claim` where the status that it writes has one. */
export type CommitRecord = Pick<AuditRecord, 'attemptID' | 'keyID' | 'claim'> & { readonly step: string };

/** What an effect reports to. */
export interface EffectObservers {
  readonly audit: Audit;
  readonly keyIssued: () => void;
  readonly keyRevoked: () => void;
}

export interface EffectDeps extends EffectObservers {
  readonly leadership: Pick<Leadership, 'holds'>;
}

/** Effects done for one object under one claim. */
export function createEffects(
  { audit, keyIssued, keyRevoked, leadership }: EffectDeps,
  object: string,
  claim: string | undefined,
): Effects {
  async function audited<T>(
    record: Omit<AuditRecord, 'object' | 'outcome'>,
    call: () => Promise<T>,
    { keyIDOf, isChange = () => true, outcomeOf = () => 'Done' }: Reading<T> = {},
  ): Promise<T> {
    assertLeading(leadership);
    try {
      const result = await call();
      const keyID = keyIDOf?.(result) ?? record.keyID;
      if (isChange(result)) audit.record({ object, claim, ...record, keyID, outcome: outcomeOf(result) });
      return result;
    } catch (error) {
      if (error instanceof NotBegunError) throw error;
      audit.record({ object, claim, ...record, outcome: error instanceof CallError ? error.outcome : 'unknown' });
      throw error;
    }
  }

  return {
    commit: (record, write) => audited({ effect: 'Commit', ...record }, write),
    async issue(issuer, attempt, spec, requester) {
      const attemptID = formatAttemptId(attempt);
      const result = await audited({ attemptID, effect: 'Issue' }, () => issuer.issue(attempt, spec, requester), {
        keyIDOf,
      });
      if (result.type !== 'Replayed') keyIssued();
      return result;
    },
    publish(store, target, publication, effect = 'Publish') {
      const { marker } = publication;
      // A fence where nothing stands is a marker without a key.
      const keyID = marker.keyID || undefined;
      return audited({ attemptID: formatAttemptId(marker), keyID, effect, target }, () => store.publish(publication));
    },
    async forgetReplaced(store, { name, path }, attempt) {
      const record = { attemptID: formatAttemptId(attempt), effect: 'Forget', target: name } as const;
      const isChange = (found: boolean) => found;
      await audited(record, () => store.forgetReplaced(path, attempt), { isChange });
    },
    updatePermissions(issuer, keyID, change, attempt) {
      const record = { attemptID: formatAttemptId(attempt), keyID, effect: 'Update' } as const;
      const outcomeOf = (result: 'Updated' | 'NewKeyRequired') => (result === 'Updated' ? 'Done' : 'conflict');
      return audited(record, () => issuer.updatePermissions(keyID, change), { outcomeOf });
    },
    async restart(workload, attempt, write) {
      await audited({ attemptID: formatAttemptId(attempt), effect: 'Restart', target: workload }, write);
    },
    async revoke(issuer, keyID, attempt, revocation) {
      const record = { attemptID: formatAttemptId(attempt), keyID, effect: 'Revoke' } as const;
      await audited(record, () => issuer.revoke(keyID, revocation));
      keyRevoked();
    },
  };
}

/** What an answer tells: the key that it is about, whether anything was asked for at all, and whether it was done. */
interface Reading<T> {
  readonly keyIDOf?: (result: T) => string;
  readonly isChange?: (result: T) => boolean;
  readonly outcomeOf?: (result: T) => AuditRecord['outcome'];
}

function keyIDOf(result: IssueResult): string {
  return result.type === 'Replayed' ? result.keyID : result.record.keyID;
}
