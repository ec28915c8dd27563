import type { RotationStatus } from '../../../src/api/types.ts';
import { committedIn, isAfter } from '../invariants/reading.ts';
import type { EntryOf } from '../ledger/ledger.ts';
import type { Names } from './names.ts';

/** What one status write commits, in a few words; undefined where it only tells how things are. */
export function committedBy({ before, after, by }: EntryOf<'StatusWritten'>, names: Names): string | undefined {
  const [was, is] = [before.status ?? {}, after.status ?? {}];
  if (isAfter(committedIn(after), committedIn(before)) && is.rotation) return attempt(was, is, names.actor(by));
  return inRotation(was, is, names) ?? atTheEnd(was, is, names) ?? told(was, is);
}

function attempt(was: RotationStatus, { revision, attempt: number, rotation }: RotationStatus, claim: string): string {
  const id = `${revision}.${number}, claim ${claim}`;
  const why = rotation?.restoredKey ? ' (publish the old key again)' : rotation?.leakedKeyID ? ' (emergency)' : '';
  if (was.revision !== revision) return `1 intent ${id}${why}`;
  return `next attempt ${id}, ${rotation?.recovering ? 'to recover' : 'to issue anew'}`;
}

function inRotation(was: RotationStatus, is: RotationStatus, names: Names): string | undefined {
  const [before, after] = [was.rotation, is.rotation];
  if (!before || !after) return undefined;
  if (after.publishedAt && !before.publishedAt) return `5 published ${names.key(after.newKey?.keyID)}`;
  if (after.parked && !before.parked) return 'parked, Stalled is NeedsHuman';
  const { revokeIntent } = after;
  if (revokeIntent && !before.revokeIntent)
    return `7 intent to revoke ${names.key(revokeIntent.keyID)} (${revokeIntent.basis})`;
  if (revokeIntent?.checkedAt !== before.revokeIntent?.checkedAt) return '7 evidence checked again';
  const listed = (is.abandoned ?? []).slice(was.abandoned?.length ?? 0);
  if (listed.length > 0) return `list ${listed.map(({ keyID }) => names.key(keyID)).join(', ')} in abandoned`;
  return (is.issueCalls?.length ?? 0) > (was.issueCalls?.length ?? 0) ? 'the same call once more' : undefined;
}

function atTheEnd(was: RotationStatus, is: RotationStatus, names: Names): string | undefined {
  const current = names.key(is.current?.keyID);
  if (is.lastHandled?.acceptState !== was.lastHandled?.acceptState)
    return `state accepted at ${is.revision}.${is.attempt}, ${current} is current`;
  return was.rotation && !is.rotation ? `9 done, ${current} is current` : undefined;
}

/** What people are to notice. */
function told(was: RotationStatus, is: RotationStatus): string | undefined {
  const reason = reasonOf(is, 'Stalled') ?? (is.rotation?.revokeIntent && reasonOf(is, 'Rotating'));
  const before = reasonOf(was, 'Stalled') ?? (was.rotation?.revokeIntent && reasonOf(was, 'Rotating'));
  return reason === undefined || reason === before || reason === 'Revoking' ? undefined : `waits, ${reason}`;
}

function reasonOf({ conditions = [] }: RotationStatus, type: string): string | undefined {
  const found = conditions.find((condition) => condition.type === type);
  return found?.status === 'True' ? found.reason : undefined;
}

/** What somebody asks for by a change of the object; undefined where it is nothing that a picture needs. */
export function requestedBy({ before, after }: EntryOf<'ObjectWritten'>, names: Names): string | undefined {
  if (!before) return 'creates the ApiKeyRotation';
  const [was, is] = [before.metadata.annotations ?? {}, after?.metadata.annotations ?? {}];
  const changed = Object.entries(is).find(([name, value]) => was[name] !== value);
  if (!changed) return undefined;
  const [name, value] = changed;
  const [token, keyID] = value.split('/');
  const request = name.slice(name.indexOf('/') + 1);
  return `asks for ${request} ${keyID?.startsWith('key_') ? `${token}/${names.key(keyID)}` : value}`;
}
