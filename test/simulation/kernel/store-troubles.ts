import type { Call, CallFault } from './faults.ts';

/** What befalls a store for a while, whoever calls it. */
export type StoreTrouble =
  /** Sealed, or all of its nodes standbys: 503 to everything. */
  | 'sealed'
  /** A policy lost the right to write: 403 to writes, reads are answered. */
  | 'unwritable'
  /** A credential is gone, or bound to something else: 403 to everything. */
  | 'forbidden'
  /** The account, or a quota, is used up: 429 to everything, each with its Retry-After. */
  | 'throttled'
  /** What is read is what stood there before the last write: a standby that lags behind, a service that is consistent in the end. */
  | 'lagging';

interface Kind {
  readonly forMs: number;
  readonly meets: (call: Call) => boolean;
  /** What becomes of each call that it meets. */
  readonly fault: CallFault;
}

const MINUTE_MS = 60_000;
const always = () => true;

/** Longer than any pause between two tries, but for late reads, which end within a minute. */
const KINDS: Readonly<Record<StoreTrouble, Kind>> = {
  sealed: { forMs: 10 * MINUTE_MS, meets: always, fault: '503' },
  unwritable: { forMs: 20 * MINUTE_MS, meets: ({ isRead }) => !isRead, fault: '403' },
  forbidden: { forMs: 20 * MINUTE_MS, meets: always, fault: '403' },
  throttled: { forMs: 2 * MINUTE_MS, meets: always, fault: '429' },
  // Reads of Kubernetes are consistent by contract.
  lagging: { forMs: MINUTE_MS, meets: ({ peer, isRead }) => isRead && peer === 'store', fault: 'stale' },
};

const NAMES = Object.keys(KINDS) as StoreTrouble[];

/** Whether it goes to where keys are kept: Secrets of Kubernetes are a store too. */
export function isStoreCall({ name, peer }: Pick<Call, 'name' | 'peer'>): boolean {
  return peer === 'store' || name.endsWith(' secrets');
}

/** Those that can begin at a call. */
export function troublesAt(call: Call): StoreTrouble[] {
  return isStoreCall(call) ? NAMES.filter((name) => name !== 'lagging' || call.peer === 'store') : [];
}

export function isStoreTrouble(fault: CallFault): fault is StoreTrouble {
  return NAMES.some((name) => name === fault);
}

/** The troubles of the store of one world. `now` in milliseconds. */
export interface StoreTroubles {
  begin(trouble: StoreTrouble): void;
  /** What becomes of a call, as long as one of them lasts. */
  faultOf(call: Call): CallFault | undefined;
  /** When the last of them is over. */
  until(): number;
}

export function createStoreTroubles(now: () => number): StoreTroubles {
  const ends = new Map<StoreTrouble, number>();
  return {
    begin: (trouble) => void ends.set(trouble, now() + KINDS[trouble].forMs),
    faultOf(call) {
      if (ends.size === 0 || !isStoreCall(call)) return undefined;
      const lasting = NAMES.find((name) => (ends.get(name) ?? 0) > now() && KINDS[name].meets(call));
      return lasting && KINDS[lasting].fault;
    },
    until: () => Math.max(0, ...ends.values()),
  };
}
