import type { Operation } from '../engine/types.ts';

/**
 * What goes wrong with a request:
 * - `DropBefore`: the connection breaks, nothing is done.
 * - `DropAfter`: it is done, the answer is lost.
 * - `BlackHole`: nothing is done and no answer ever comes.
 * - `Answer`: this status instead of the true answer, with the request carried out or not.
 */
export type Fault =
  | { readonly type: 'DropBefore' | 'DropAfter' | 'BlackHole' }
  | {
      readonly type: 'Answer';
      readonly status: number;
      readonly executed?: boolean;
      readonly retryAfterSeconds?: number;
    };

/** Misbehaviour per operation. Latency passes before the request is carried out, as in a slow back end. */
export interface FaultPlan {
  /** The next `times` requests of the operation meet the fault. */
  inject(operation: Operation, fault: Fault, times?: number): void;
  /** Every request of the operation waits this long; 0 ends it. */
  delay(operation: Operation, latencyMs: number): void;
  clear(): void;
  /** The fault that this request meets; counts it off. */
  take(operation: Operation): Fault | undefined;
  latencyOf(operation: Operation): number;
}

/** A plan without faults. */
export function createFaultPlan(): FaultPlan {
  const faults: { operation: Operation; fault: Fault; left: number }[] = [];
  const latencies = new Map<Operation, number>();
  return {
    inject: (operation, fault, times = 1) => {
      faults.push({ operation, fault, left: times });
    },
    delay: (operation, latencyMs) => {
      latencies.set(operation, latencyMs);
    },
    clear: () => {
      faults.length = 0;
      latencies.clear();
    },
    take: (operation) => {
      const found = faults.find((entry) => entry.operation === operation && entry.left > 0);
      if (found) found.left -= 1;
      return found?.fault;
    },
    latencyOf: (operation) => latencies.get(operation) ?? 0,
  };
}
