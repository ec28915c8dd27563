import type { EntryOf, Ledger } from '../ledger/ledger.ts';
import type { Invariant } from './invariant.ts';
import { committedIn, isOurs } from './reading.ts';

type Spec = EntryOf<'ReportWritten'>['report']['spec'];

/** S11: a report counts only for a pod that exists and said so; a proof, only where somebody made it for this very revision. */
export const authenticReports: Invariant = {
  id: 'S11',
  on: ['ReportWritten'],
  says: 'evidence counts only authenticated, bound to uid, revision, fingerprint; pod evidence only from pods that exist',
  broken(entry, ledger) {
    if (entry.type !== 'ReportWritten' || !isOurs(entry)) return undefined;
    const { spec } = entry.report;
    return unbound(spec, ledger) ?? untold(spec, ledger);
  },
};

function unbound({ rotationRef, revision }: Spec, ledger: Ledger): string | undefined {
  const { rotation, gone } = ledger;
  if (!rotation || gone) return undefined;
  if (rotationRef.uid !== rotation.metadata.uid) return `a report for ${rotationRef.uid}, which is another object`;
  const everCommitted = ({ after }: EntryOf<'StatusWritten'>) =>
    after.metadata.uid === rotationRef.uid && committedIn(after).revision >= revision;
  return committedIn(rotation).revision < revision && !ledger.last('StatusWritten', everCommitted)
    ? `a report for revision ${revision}, which nobody has committed`
    : undefined;
}

function untold(
  { type, consumer, fingerprint, revision, reporter, rotationRef }: Spec,
  ledger: Ledger,
): string | undefined {
  const isSame = (told: EntryOf<'Told'>) =>
    told.consumer === consumer &&
    told.fingerprint === fingerprint &&
    told.uid === rotationRef.uid &&
    (type === 'Report' ? told.pod === reporter?.podUID : told.revision === revision);
  if (ledger.last('Told', isSame)) return undefined;
  return type === 'Report'
    ? `a report that pod ${reporter?.podName} uses ${fingerprint}, which it never said`
    : `a ${type} of consumer ${consumer} for ${fingerprint} in revision ${revision}, which it never made`;
}
