import type { Clock } from '../../runtime/clock.ts';

/** The header by which a cluster of Vaults names a state of its storage, in answers and in requests. */
export const STATE_HEADER = 'x-vault-index';

/** How far the storage of a cluster is known to have come. A node that lags behind answers 412 to who asks for more. */
export interface VaultState {
  /** Takes note of what an answer names. */
  note(header: string | string[] | undefined): void;
  /** The states that the next answer must hold, none where no answer has named one: a lone Vault and older OpenBaos do not. */
  required(): readonly string[];
}

interface Position {
  readonly cluster: string;
  readonly local: number;
  readonly replicated: number;
}

/** Nobody lags behind for so long; a cluster that was restored from a snapshot never gets there. */
const REQUIRED_FOR_MS = 600_000;

/**
 * What a store wrote it must read, whichever node it asks: a performance standby answers reads by itself, and may not have heard yet.
 * As HashiCorp's own client does it (`ReadYourWrites`), the states of all answers are kept together.
 */
export function createVaultState(clock: Pick<Clock, 'monotonic'>): VaultState {
  let known: readonly string[] = [];
  let since = 0;
  return {
    note(header) {
      const named = typeof header === 'string' ? header : header?.[0];
      if (named === undefined || !isToken(named) || known.some((state) => includes(state, named))) return;
      since = clock.monotonic();
      // Two at most: one for each of the counters, where neither state has both ahead.
      known = [named, ...known.filter((state) => isComparable(state, named) && !includes(named, state))].slice(0, 2);
    },
    required: () => (clock.monotonic() - since < REQUIRED_FOR_MS ? known : []),
  };
}

/** It goes back to where it came from, and into no other header. */
function isToken(text: string): boolean {
  return /^[A-Za-z0-9+/=_-]{1,512}$/.test(text);
}

/** States that cannot be read, or are of another cluster, as after a failover to it, replace each other. */
function isComparable(state: string, other: string): boolean {
  const [one, two] = [parse(state), parse(other)];
  return one !== undefined && one.cluster === two?.cluster;
}

/** Whether who has the first state has the second one too. */
function includes(state: string, other: string): boolean {
  const [one, two] = [parse(state), parse(other)];
  if (!one || one.cluster !== two?.cluster) return state === other;
  return one.local >= two.local && one.replicated >= two.replicated;
}

/** `v1:<cluster>:<local index>:<replicated index>:<signature>` in base64. */
function parse(state: string): Position | undefined {
  const parts = /^v1:([^:]+):(\d+):(\d+):/.exec(Buffer.from(state, 'base64').toString('latin1'));
  const [, cluster = '', local, replicated] = parts ?? [];
  return parts ? { cluster, local: Number(local), replicated: Number(replicated) } : undefined;
}
