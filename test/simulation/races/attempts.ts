import { committedIn, isAfter } from '../invariants/reading.ts';
import type { Entry, Ledger } from '../ledger/ledger.ts';

/** An attempt as it was committed. */
export interface CommittedAttempt {
  /** Its place in history. */
  readonly index: number;
  readonly by: string;
  readonly revision: number;
  readonly attempt: number;
  /** Whether it is one that takes over or fences, rather than one that issues. */
  readonly recovering: boolean;
}

/** All attempts of one history, oldest first. */
export function attemptsIn({ entries }: Ledger): CommittedAttempt[] {
  return entries.flatMap((entry, index) => {
    if (entry.type !== 'StatusWritten' || !isAfter(committedIn(entry.after), committedIn(entry.before))) return [];
    const recovering = entry.after.status?.rotation?.recovering === true;
    return [{ index, by: entry.by, ...committedIn(entry.after), recovering }];
  });
}

/** Whether this process asked or told issuer or store anything after this place in history, while a rotation ran. */
export function actsAfter({ entries }: Ledger, by: string, index: number): boolean {
  const rest = entries.slice(index + 1);
  const end = rest.findIndex((entry) => entry.type === 'StatusWritten' && entry.after.status?.rotation === undefined);
  return rest.slice(0, end < 0 ? undefined : end).some((entry) => entry.by === by && isOutsideCall(entry));
}

function isOutsideCall(entry: Entry): boolean {
  if (entry.type !== 'Answered' && entry.type !== 'Failed') return false;
  return entry.call.peer !== 'kube' || entry.call.name.endsWith(' secrets');
}
