import type { AuditRecord } from '../../../src/telemetry/audit.ts';
import type { CallFault } from '../kernel/faults.ts';
import { type Entry, type Ledger, OUTSIDE } from '../ledger/ledger.ts';

type Kind = 'issue' | 'update' | 'revoke' | 'write';

/** What one process has done of one kind, and what it said of that. */
interface Account {
  begun: number;
  /** Carried out, whatever the process heard of it. */
  carriedOut: number;
  recorded: number;
  /** Recorded as done, or as perhaps done. */
  admitted: number;
  done: number;
}

const CALLS: Readonly<Record<string, Kind>> = {
  'issuer issue': 'issue',
  'issuer update': 'update',
  'issuer revoke': 'revoke',
  'store write': 'write',
};
const EFFECTS: Readonly<Record<string, Kind>> = {
  Issue: 'issue',
  Update: 'update',
  Revoke: 'revoke',
  Publish: 'write',
  Fence: 'write',
};

/** Done, and denied by the other side itself: no record can know better. */
const DENIALS: ReadonlySet<CallFault> = new Set(['409-done', '503-done']);

/**
 * At rest the audit tells what was done: each call to issuer or store that changes something has one record by the process that made
 * it; `Done` stands for what was carried out, and whatever was carried out is `Done` or `unknown`. Only the call in flight when a
 * process died has none: nobody is left who knows how it ended. Secrets are written through calls that are not told apart here: each
 * value that changed has its record.
 */
export function unaudited({ entries }: Ledger): string | undefined {
  const dead = new Set(entries.flatMap((entry) => (entry.type === 'ProcessDied' ? [entry.by] : [])));
  for (const [name, account] of accountsOf(entries)) {
    const [by = ''] = name.split(' ');
    const inFlight = dead.has(by) ? 1 : 0;
    const { begun, carriedOut, recorded, admitted, done } = account;
    const silent = begun - recorded;
    if (silent > inFlight) return `AUDIT ${silent} of ${begun} calls of ${name} left no record`;
    if (begun > 0 && silent < 0) return `AUDIT ${recorded} records stand for ${begun} calls of ${name}`;
    if (begun > 0 && done > carriedOut) return `AUDIT ${name} is recorded as done, and was not`;
    if (carriedOut > admitted + inFlight) return `AUDIT ${name} was carried out, and the records deny it`;
  }
  return undefined;
}

function accountsOf(entries: readonly Entry[]): ReadonlyMap<string, Account> {
  const accounts = new Map<string, Account>();
  // Secrets Manager takes several calls to a value, as Kubernetes does.
  const storesAreCalled = entries.some((entry) => entry.type === 'Begun' && entry.call.name === 'store write');
  for (const entry of entries) {
    const [kind, change] = changeIn(entry, storesAreCalled) ?? [];
    if (!kind || !change) continue;
    const name = `${entry.by} ${kind}`;
    const account = accounts.get(name) ?? { begun: 0, carriedOut: 0, recorded: 0, admitted: 0, done: 0 };
    accounts.set(name, account);
    for (const column of change) account[column] += 1;
  }
  return accounts;
}

/** Which columns an entry counts in. */
function changeIn(entry: Entry, storesAreCalled: boolean): [Kind, (keyof Account)[]] | undefined {
  if (entry.type === 'Begun' || entry.type === 'Answered') {
    const kind = CALLS[entry.call.name];
    // An answer that says no.
    if (entry.type === 'Answered' && entry.value === 'NewKeyRequired') return undefined;
    return kind && [kind, entry.type === 'Begun' ? ['begun'] : ['carriedOut']];
  }
  if (entry.type === 'Struck' && DENIALS.has(entry.fault)) {
    const kind = CALLS[entry.call.name] ?? (entry.call.peer === 'store' ? 'write' : undefined);
    return kind && [kind, ['admitted']];
  }
  if (entry.type === 'TargetWritten' && !storesAreCalled && entry.by !== OUTSIDE && !entry.path.endsWith('-previous'))
    return ['write', ['carriedOut']];
  const record = recordIn(entry);
  const kind = record && EFFECTS[record.effect];
  if (!kind) return undefined;
  const admits = record.outcome === 'Done' || record.outcome === 'unknown';
  return [
    kind,
    ['recorded', ...(admits ? ['admitted' as const] : []), ...(record.outcome === 'Done' ? ['done' as const] : [])],
  ];
}

function recordIn(entry: Entry): AuditRecord | undefined {
  if (entry.type !== 'Said' || entry.where !== 'log') return undefined;
  const line = entry.what as Partial<AuditRecord> & { message?: string };
  return line.message === 'audit' ? (line as AuditRecord) : undefined;
}
