import { callOf } from '../kernel/faults.ts';
import { type Circumstances, type Happening, Ledger } from '../ledger/ledger.ts';
import type { Invariant } from './invariant.ts';

/** One line of a history made by hand: when, in seconds; by whom; what. */
export type Line = readonly [seconds: number, by: string, happening: Happening];

/** What an invariant says of a history, line by line: the problems in their order. */
export function judge(
  { on, broken }: Invariant,
  lines: readonly Line[],
  circumstances: Partial<Circumstances> = {},
): string[] {
  const problems: string[] = [];
  let now = 0;
  const whole = {
    installation: 'sim',
    issuer: { replay: 'ID', list: true },
    operators: 1,
    elected: false,
    issueCallsPerHour: 6,
    epoch: 0,
  } as const;
  const ledger = new Ledger(
    { ...whole, ...circumstances },
    () => now,
    (entry) => {
      const problem = on.includes(entry.type) ? broken(entry, ledger) : undefined;
      if (problem !== undefined) problems.push(problem);
    },
  );
  for (const [seconds, by, happening] of lines) {
    now = seconds * 1_000;
    ledger.add(by, happening);
  }
  return problems;
}

/** Somebody decides to make this call. */
export function begins(name: string, detail = ''): Happening {
  return { type: 'Begun', call: callOf(name, detail) };
}
