import type { IssueResult, KeyRecord } from '../../../src/issuers/port.ts';
import type { StoredValue } from '../../../src/stores/port.ts';
import type { EntryOf } from '../ledger/ledger.ts';
import { arrow, type Line, note } from './line.ts';
import type { Names } from './names.ts';
import { isFence, type Past } from './past.ts';

type Answered = EntryOf<'Answered'>;

const UNHEARD = new Set(['lost-answer', '500-done', 'late-1m', 'late-5m']);

/** The rows of an answer that decides something, or that is lost. */
export function answerLines(entry: Answered, past: Past, names: Names): Line[] {
  const { call, by } = entry;
  const actor = names.actor(by);
  const fault = past.faultOf(call);
  const again = call.name === 'issuer issue' && past.entries.at(-1)?.type !== 'Issued';
  const repeated = again ? [arrow('Call', actor, 'issuer', `2 issue ${past.attempt()} again`)] : [];
  if (fault === 'crash-after') return repeated;
  if (fault && UNHEARD.has(fault)) return [...repeated, arrow('LostAnswer', call.peer, actor, 'the answer is lost')];
  const rows = [...repeated, ...heard(entry, past, names)];
  // It hears the answer when it goes on.
  return fault === 'pause' ? [...rows.filter((row) => !isAnswer(row)), note([actor], 'stands still for 2 min')] : rows;
}

function isAnswer(line: Line): boolean {
  return line.type === 'Arrow' && line.kind === 'Answer';
}

function heard(entry: Answered, past: Past, names: Names): Line[] {
  const actor = names.actor(entry.by);
  switch (entry.call.name) {
    case 'issuer issue':
      return [arrow('Answer', 'issuer', actor, issued(entry.value as IssueResult, names))];
    case 'issuer verify':
      return isStepOfItsOwn(past) ? [arrow('Call', actor, 'issuer', `3 verify ${keyIn(entry, names)}`)] : [];
    case 'store read':
      return isReadBack(entry, past) ? [arrow('Answer', 'store', actor, 'reads it back')] : [];
    case 'store readVersion':
      return isStepOfItsOwn(past)
        ? [arrow('Answer', 'store', actor, `${textIn(entry, names)}, from an older version`)]
        : [];
    case 'issuer get':
      return (entry.value as KeyRecord | undefined)?.status === 'Revoked'
        ? [arrow('Answer', 'issuer', actor, `${keyIn(entry, names)} is dead`)]
        : [];
    default:
      return [];
  }
}

function issued(result: IssueResult, names: Names): string {
  if (result.type === 'Issued') return names.key(result.record.keyID);
  return `${names.key(result.type === 'Replayed' ? result.keyID : result.record.keyID)}, without its text`;
}

function keyIn({ value }: Answered, names: Names): string {
  return names.key((value as KeyRecord | undefined)?.keyID);
}

function textIn({ value }: Answered, names: Names): string {
  return names.keyOfText((value as StoredValue | undefined)?.fields.key?.reveal());
}

/** In step 7 it is one look of many. */
function isStepOfItsOwn(past: Past): boolean {
  const { rotation } = past.status();
  return rotation !== undefined && !rotation.publishedAt;
}

/** Whether the last effect of this process was to write there; what a fence left there is not asked for. */
function isReadBack({ by, call }: Answered, past: Past): boolean {
  const last = past.entries.findLast(
    (entry) => entry.by === by && (entry.type === 'StatusWritten' || entry.type === 'TargetWritten'),
  );
  return last?.type === 'TargetWritten' && last.path === call.detail && !isFence(last, past);
}
