import { CallError } from '../../../http/call-error.ts';
import type { IssueResult, Issuer, KeySpec } from '../../../issuers/port.ts';
import { type AttemptId, formatAttemptId } from '../../../key/attempt-id.ts';
import { assertLeading, type Leadership } from '../../../runtime/leader-election/leadership.ts';
import type { KeyStore, Publication, PublishedVersion } from '../../../stores/port.ts';
import type { Audit, AuditRecord } from '../../../telemetry/audit.ts';

/**
 * The only way to change anything outside Kubernetes. Nothing begins unless this process leads at that moment (CallError
 * NotLeading); every call leaves one audit record, whatever became of it.
 */
export interface Effects {
  issue(issuer: Issuer, attempt: AttemptId, spec: KeySpec): Promise<IssueResult>;
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
  revoke(issuer: Issuer, keyID: string, attempt: AttemptId): Promise<void>;
}

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
    record: Omit<AuditRecord, 'object' | 'claim' | 'outcome'>,
    call: () => Promise<T>,
    keyIDOf?: (result: T) => string,
  ): Promise<T> {
    assertLeading(leadership);
    try {
      const result = await call();
      audit.record({ object, claim, ...record, keyID: keyIDOf?.(result) ?? record.keyID, outcome: 'Done' });
      return result;
    } catch (error) {
      audit.record({ object, claim, ...record, outcome: error instanceof CallError ? error.outcome : 'unknown' });
      throw error;
    }
  }

  return {
    async issue(issuer, attempt, spec) {
      const attemptID = formatAttemptId(attempt);
      const result = await audited({ attemptID, effect: 'Issue' }, () => issuer.issue(attempt, spec), keyIDOf);
      if (result.type !== 'Replayed') keyIssued();
      return result;
    },
    publish(store, target, publication, effect = 'Publish') {
      const { marker } = publication;
      return audited({ attemptID: formatAttemptId(marker), keyID: marker.keyID, effect, target }, () =>
        store.publish(publication),
      );
    },
    forgetReplaced(store, { name, path }, attempt) {
      return audited({ attemptID: formatAttemptId(attempt), effect: 'Forget', target: name }, () =>
        store.forgetReplaced(path, attempt),
      );
    },
    async revoke(issuer, keyID, attempt) {
      await audited({ attemptID: formatAttemptId(attempt), keyID, effect: 'Revoke' }, () => issuer.revoke(keyID));
      keyRevoked();
    },
  };
}

function keyIDOf(result: IssueResult): string {
  return result.type === 'Replayed' ? result.keyID : result.record.keyID;
}
