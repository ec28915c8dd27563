import { ANNOTATION } from '../../../src/api/names.ts';
import type { ApiKeyRotation, RecordedKey, RunningRotation } from '../../../src/api/types.ts';
import { type AttemptId, type Owner, parseAttemptId } from '../../../src/key/attempt-id.ts';
import { type Entry, type EntryOf, type Key, type Ledger, OUTSIDE } from '../ledger/ledger.ts';

/** Whose keys and markers are the object's. */
export function ownerIn(object: ApiKeyRotation | undefined, { circumstances }: Ledger): Owner {
  return { installation: circumstances.installation, uid: object?.metadata.uid ?? '' };
}

/** Whether a marker or label is the object's. Judged apart from the code that is judged. */
export function isOf(id: Owner, { installation, uid }: Owner): boolean {
  return id.installation === installation && id.uid === uid;
}

/** The attempt that a key was issued for; undefined where its label is not one of this object. */
export function attemptOf(key: Pick<Key, 'label'>, owner: Owner): AttemptId | undefined {
  const attempt = parseAttemptId(key.label);
  return attempt && isOf(attempt, owner) ? attempt : undefined;
}

/** Whether one of our processes caused it. */
export function isOurs({ by }: Entry): boolean {
  return by !== OUTSIDE;
}

/** Whether `a` comes after `b`. */
export function isAfter(a: Ordinal, b: Ordinal): boolean {
  return a.revision > b.revision || (a.revision === b.revision && a.attempt > b.attempt);
}

interface Ordinal {
  readonly revision: number;
  readonly attempt: number;
}

/** Revision and attempt that a status has committed. */
export function committedIn({ status }: ApiKeyRotation): Ordinal {
  return { revision: status?.revision ?? 0, attempt: status?.attempt ?? 0 };
}

/** Whether any status of the object has ever committed this attempt. */
export function wasCommitted({ uid, ...ordinal }: AttemptId, ledger: Ledger): boolean {
  const committed = ({ after }: EntryOf<'StatusWritten'>) =>
    after.metadata.uid === uid && !isAfter(ordinal, committedIn(after));
  return ledger.last('StatusWritten', committed) !== undefined;
}

/** The status write that began the waiting for consumers in which this process is. */
export function publication(ledger: Ledger, { attemptID }: RunningRotation): EntryOf<'StatusWritten'> | undefined {
  return ledger.last(
    'StatusWritten',
    ({ before, after }) =>
      after.status?.rotation?.attemptID === attemptID &&
      after.status.rotation.publishedAt !== undefined &&
      before.status?.rotation?.publishedAt === undefined,
  );
}

/** Whether a key was ever served by a target. */
export function wasServed(key: Key, ledger: Ledger): boolean {
  return ledger.last('TargetWritten', ({ after }) => after?.text === key.text) !== undefined;
}

/** Whether a person has ever said of this key that it has leaked, and so must die whoever uses it. */
export function isSaidToLeak(keyID: string, ledger: Ledger): boolean {
  const names = ({ after }: EntryOf<'ObjectWritten'>) =>
    after?.metadata.annotations?.[ANNOTATION.emergency]?.endsWith(`/${keyID}`) ?? false;
  return keyID !== '' && ledger.last('ObjectWritten', names) !== undefined;
}

/** Ids of the keys that a status says are in use. */
export function namedKeys({ status }: ApiKeyRotation): string[] {
  const { current, rotation } = status ?? {};
  const named = [current, rotation?.oldKey, rotation?.newKey].map((key?: Pick<RecordedKey, 'keyID'>) => key?.keyID);
  return [...new Set(named.filter((id) => id !== undefined))];
}

/** The paths that the object writes now: of the running plan, else of what is recorded with the current key. */
export function placesOf({ status }: ApiKeyRotation): string[] {
  const { current, rotation } = status ?? {};
  return (rotation?.plan.targets ?? current?.targets ?? []).map(({ path }) => path);
}

/** Whether time has run at double rate in some process: what it measures says nothing. */
export function someClockIsFast(ledger: Ledger): boolean {
  return ledger.struck.some((each) => each.type === 'Struck' && each.fault === 'clock-double');
}

/** Whether a person wants this key dead with its object, whoever uses it: with `Retain` a deletion takes no key that was ever served. */
export function diesWithObject(keyID: string, { rotation }: Ledger): boolean {
  return rotation?.spec.deletionPolicy === 'Revoke' && rotation.status?.deletion?.keyIDs.includes(keyID) === true;
}
