import type { CallFault } from '../kernel/faults.ts';
import type { StoreKind } from '../kernel/world.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Stage } from './stage.ts';

/** One story of a rotation, told without any fault; plans tell it again with some. */
export interface Scenario {
  readonly name: string;
  readonly says: string;
  /** What happens before faults can strike. */
  readonly prepare?: (stage: Stage) => Promise<void>;
  /** Until all is at rest. */
  readonly play: (stage: Stage) => Promise<void>;
  /** What outsiders do at the call that a plan names with `meanwhile`. */
  readonly meanwhile?: (stage: Stage) => void;
  /** Whether a run of it came to what it is about; always, if missing. */
  readonly happened?: (ledger: Ledger) => boolean;
  /** Whether the operators elect one of them that works; else all of them do at once. */
  readonly elected?: boolean;
  /** Whether it needs an issuer and a store of the whole cluster. */
  readonly hasClusterKinds?: boolean;
  /** Stores that it can be told with; all, if missing. */
  readonly stores?: readonly StoreKind[];
  /** Issuers, by the names that plans use; the usual ones, if missing. */
  readonly issuers?: readonly string[];
  /** Whether it ends with the object gone, or with something that waits for a person; else nothing runs any more. */
  readonly ends?: 'Gone' | 'Waiting';
  /** Faults after which it is safe, but needs a person to go on. */
  readonly without?: readonly CallFault[];
  /** Ids of invariants that do not apply, because of what outsiders do in it. */
  readonly exempt?: readonly string[];
}

/** Issuers enough for stories in which no key is issued, or no other than in the others: what matters is whether keys can be listed. */
export const LISTING_OR_NOT: readonly string[] = ['replay-id', 'blind'];
