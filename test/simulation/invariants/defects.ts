import type { Entry } from '../ledger/ledger.ts';

/** What `runtime/controller.ts` and the elector log of an error that none of their callers foresaw. */
const DEFECT = /this is a defect of the operator/;

/** An error that the operator did not foresee, in its own words: it tries again, so that it would pass for trouble outside. */
export function defectIn(entry: Entry): string | undefined {
  if (entry.type !== 'Said' || entry.where !== 'log') return undefined;
  const { message = '', err } = entry.what as { message?: string; err?: unknown };
  return DEFECT.test(message) ? `${message}: ${err}` : undefined;
}
