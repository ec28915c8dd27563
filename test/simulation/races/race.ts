import type { Call, CallFault } from '../kernel/faults.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Scenario } from '../scenarios/scenario.ts';

/** A story in which two actors meet at a bad moment. Plans try all moments, and some of them must make them meet. */
export interface Race extends Scenario {
  /** What brings it about, at the first call that fits; the sweep begins after it. Missing: the sweep begins with the first call. */
  readonly opening?: { readonly at: (call: Call) => boolean; readonly faults: readonly CallFault[] };
  /** What happens at the swept calls, one at a time. */
  readonly sweep: readonly CallFault[];
  /** The calls that are swept; those that `isOfProtocol` names, if missing. */
  readonly at?: (call: Call) => boolean;
  /** How many processes work; fewer than two never meet. */
  readonly operators: number;
  /** Whether they really met. */
  readonly happened: (ledger: Ledger) => boolean;
}

/** Calls that the protocol is made of, unlike events, reports and watches. */
export function isOfProtocol({ name, peer }: Call): boolean {
  return peer !== 'kube' || name.endsWith(' secrets') || name === 'kube PUT status apikeyrotations';
}

/** A write of a value, at any store. */
export function isStoreWrite({ name, isRead, detail }: Call): boolean {
  const isSecret = name.endsWith(' secrets') && !detail.endsWith('-previous');
  return name === 'store write' || (isSecret && !isRead);
}

/** The call that makes a key. */
export function isIssue({ name }: Call): boolean {
  return name === 'issuer issue';
}
