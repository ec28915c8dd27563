import { formatOrdinal } from '../../../src/rotation/ordinal.ts';
import { isOurs } from '../invariants/reading.ts';
import type { Entry, EntryOf } from '../ledger/ledger.ts';
import { answerLines } from './answer-lines.ts';
import { arrow, type Line, note } from './line.ts';
import type { Names } from './names.ts';
import { isFence, type Past } from './past.ts';
import { committedBy, requestedBy } from './status-line.ts';
import { deathLine, refusalLines, strikeLines } from './trouble-lines.ts';

/** The rows that one happening makes. */
export function linesOf(entry: Entry, past: Past, names: Names): Line[] {
  const by = isOurs(entry) ? names.actor(entry.by) : 'person';
  switch (entry.type) {
    case 'ObjectWritten':
      return objectLines(entry, by, names);
    case 'StatusWritten':
      return statusLines(entry, past, names);
    case 'Issued':
      return [arrow('Call', by, 'issuer', `2 issue ${past.attempt()}`)];
    case 'Died':
      return [arrow('Call', by, 'issuer', revocation(entry, past, names))];
    case 'TargetWritten':
      return [arrow('Call', by, 'store', writing(entry, past, names))];
    case 'Loaded':
      return [loading(entry, names)];
    case 'ReportWritten':
      return [arrow('Call', 'pod', by, `6 report, uses ${names.keyOfFingerprint(entry.report.spec.fingerprint)}`)];
    case 'Answered':
      return answerLines(entry, past, names);
    case 'Failed':
      return refusalLines(entry, past, by);
    case 'Struck':
      return strikeLines(entry, by);
    case 'ProcessDied':
      return [deathLine(entry, past, by)];
    default:
      return [];
  }
}

function objectLines(entry: EntryOf<'ObjectWritten'>, by: string, names: Names): Line[] {
  const isFinalizer =
    (entry.after?.metadata.finalizers?.length ?? 0) > (entry.before?.metadata.finalizers?.length ?? 0);
  const text = isFinalizer ? '0 finalizer' : requestedBy(entry, names);
  return text === undefined ? [] : [arrow('Call', by, 'kube', text)];
}

function statusLines(entry: EntryOf<'StatusWritten'>, past: Past, names: Names): Line[] {
  const by = isOurs(entry) ? names.actor(entry.by) : 'person';
  if (!isOurs(entry)) {
    const { revision = 0, attempt = 0 } = entry.after.status ?? {};
    return [arrow('Call', by, 'kube', `restores the status of ${formatOrdinal({ revision, attempt })}`)];
  }
  const text = committedBy(entry, names);
  if (text === undefined) return [];
  return [...looksBefore(entry, past, names), arrow('Call', by, 'kube', text)];
}

/** What was asked so that this could be committed. */
function looksBefore({ by, before, after }: EntryOf<'StatusWritten'>, past: Past, names: Names): Line[] {
  const decides = after.status?.rotation?.revokeIntent && !before.status?.rotation?.revokeIntent;
  const lists = (after.status?.abandoned?.length ?? 0) > (before.status?.abandoned?.length ?? 0);
  const actor = names.actor(by);
  if (decides) return [note([actor, 'pod'], `7 looks live at ${seenBy(by, past).join(', ')}`)];
  const listed = past.last('Answered', (entry) => entry.by === by && entry.call.name === 'issuer list');
  return lists && listed ? [arrow('Call', actor, 'issuer', 'list the keys with our label')] : [];
}

const LOOKS: Readonly<Record<string, string>> = {
  'store read': 'the target',
  'issuer verify': 'the new key',
  'issuer get': 'the old key',
  'kube LIST migrationreports': 'all reports',
  'kube LIST pods': 'pods',
};

/** What a process looked at since the status was written last, in the order of its last looks. */
function seenBy(by: string, { entries }: Past): string[] {
  const written = entries.findLastIndex((entry) => entry.type === 'StatusWritten');
  const looks = entries.slice(written).flatMap((entry) => {
    const look = entry.type === 'Answered' && entry.by === by ? LOOKS[entry.call.name] : undefined;
    return look === undefined ? [] : [look];
  });
  return looks.filter((look, index) => !looks.includes(look, index + 1));
}

function revocation({ key }: EntryOf<'Died'>, past: Past, names: Names): string {
  const isOld = past.status().rotation?.revokeIntent?.keyID === key.id;
  return `${isOld ? '8 ' : ''}revoke ${names.key(key.id)}`;
}

function writing(entry: EntryOf<'TargetWritten'>, past: Past, names: Names): string {
  const { before, after } = entry;
  const key = names.keyOfText(after?.text);
  const marker = `marker ${after?.marker ? formatOrdinal(after.marker) : 'none'}`;
  if (before?.text !== after?.text) return `4 publish ${key}, ${marker}`;
  return isFence(entry, past) ? `fence, ${key} again under ${marker}` : `4 take ${key} over, ${marker}`;
}

function loading({ text, obedient }: EntryOf<'Loaded'>, names: Names): Line {
  const key = names.keyOfText(text);
  return obedient ? arrow('Answer', 'store', 'pod', `loads ${key}`) : note(['pod'], `goes back to ${key}`);
}
