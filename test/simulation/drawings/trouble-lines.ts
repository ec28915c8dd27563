import { formatOrdinal } from '../../../src/rotation/ordinal.ts';
import type { Entry, EntryOf } from '../ledger/ledger.ts';
import { arrow, type Line, note } from './line.ts';
import type { Past } from './past.ts';

const PEERS = { kube: 'Kubernetes', issuer: 'the issuer', store: 'the store' } as const;

/** Rows of faults that are no matter of an answer. */
export function strikeLines({ call, fault }: EntryOf<'Struck'>, by: string): Line[] {
  if (fault === 'cut') return [note([by], `cannot reach ${PEERS[call.peer]} for 3 min`)];
  if (fault === 'lost-request') return [arrow('Lost', by, call.peer, 'lost on its way')];
  return [];
}

/** How a process ends. */
export function deathLine(entry: Entry, past: Past, by: string): Line {
  const strike = past.last('Struck', (struck) => struck.by === entry.by);
  const peer = strike ? PEERS[strike.call.peer] : 'anybody';
  return note([by], strike?.fault === 'crash-before' ? `dies before it calls ${peer}` : `dies before ${peer} answers`);
}

/** Rows of a compare-and-set that comes too late. */
export function refusalLines({ call }: EntryOf<'Failed'>, past: Past, by: string): Line[] {
  if (call.name === 'kube PUT status apikeyrotations')
    return [arrow('Refused', by, 'kube', 'refused, the object is another by now')];
  if (call.name !== 'store write') return [];
  const marker = past.last('TargetWritten', ({ path }) => path === call.detail)?.after?.marker;
  const what = marker ? `marker ${formatOrdinal(marker)} stands there` : 'another value stands there';
  return [arrow('Refused', by, 'store', `refused, ${what}`)];
}
