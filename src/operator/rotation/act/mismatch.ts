import type { RecordedKey } from '../../../api/types.ts';
import type { KeyRecord } from '../../../issuers/port.ts';
import { type AttemptId, isOf, parseAttemptId } from '../../../key/attempt-id.ts';
import { isAbove } from '../../../rotation/ordinal.ts';
import { permissionText } from '../../../rotation/permissions.ts';
import type { DeliveryContext } from './delivery.ts';

/** What a key that the issuer describes has that the plan does not want; undefined when it is exactly right. */
export function mismatch(
  told: KeyRecord,
  keyID: string,
  { attempt, plan, oldKey, restored }: Pick<DeliveryContext, 'attempt' | 'plan' | 'oldKey' | 'restored'>,
): string | undefined {
  if (told.keyID !== keyID) return `the issuer knows it as ${told.keyID}`;
  if (told.keyID === oldKey?.keyID) return 'it is the old key';
  if (told.status !== 'Active') return `it is ${told.status}`;
  if (!(restored ? isEarlierKey(told, attempt, restored) : isOfThisRevision(told, attempt)))
    return 'it does not carry the label of this rotation';
  if (told.environment !== plan.key.environment) return `it belongs to environment ${told.environment}`;
  if (plan.key.organization !== undefined && told.organization !== plan.key.organization)
    return `it belongs to organization ${told.organization}`;
  const [has, wants] = [permissionText(told.permissions), permissionText(plan.key.permissions)];
  return has === wants ? undefined : `it has permissions [${has}], not [${wants}]`;
}

/** A key that is issued now carries our label of this revision, of this attempt or one before it. */
function isOfThisRevision(told: KeyRecord, attempt: AttemptId): boolean {
  const label = parseAttemptId(told.label);
  return label !== undefined && isOf(label, attempt) && label.revision === attempt.revision && !isAbove(label, attempt);
}

/** A key that is published again carries our label of a lower attempt, or none at all where it was adopted. */
function isEarlierKey(told: KeyRecord, attempt: AttemptId, { adopted }: Pick<RecordedKey, 'adopted'>): boolean {
  const label = parseAttemptId(told.label);
  return adopted === true || (label !== undefined && isOf(label, attempt) && isAbove(attempt, label));
}
