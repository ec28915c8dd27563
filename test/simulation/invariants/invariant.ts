import type { Entry, Happening, Ledger } from '../ledger/ledger.ts';

/** One promise of design section 6, asked after every happening that can break it: a pure function of history. */
export interface Invariant {
  /** `S1`, as the design numbers them. */
  readonly id: string;
  /** The happenings after which it is asked: those that can break it. */
  readonly on: readonly Happening['type'][];
  readonly says: string;
  /** What is wrong; undefined while the promise holds. `entry` is in the ledger already. */
  readonly broken: (entry: Entry, ledger: Ledger) => string | undefined;
}
