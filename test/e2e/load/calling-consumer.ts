import type { Tenant } from '../world/tenant.ts';

/** Uses one key as an application does: reads it from Vault, calls the issuing API with it, and tells of each new one. */
export interface CallingConsumer {
  /** Reads once, and calls once. */
  turn(): Promise<void>;
  calls(): number;
  failedCalls(): number;
}

/** What it uses, and who hears of a new key before the first call with it is counted. */
export interface CallingConsumerOptions {
  readonly tenant: Tenant;
  readonly path: string;
  readonly callURL: string;
  readonly onKey: (text: string) => Promise<void>;
}

/** Starts nothing by itself: whoever has it decides when it takes a turn. */
export function createCallingConsumer({ tenant, path, callURL, onKey }: CallingConsumerOptions): CallingConsumer {
  let held: string | undefined;
  let calls = 0;
  let failed = 0;
  return {
    async turn() {
      const before = held;
      held = (await tenant.served(path))?.data.API_KEY ?? held;
      if (held === undefined) return;
      const answer = await fetch(callURL, { headers: { authorization: `Bearer ${held}` } });
      await answer.body?.cancel();
      calls += 1;
      if (!answer.ok) failed += 1;
      if (held !== before) await onKey(held);
    },
    calls: () => calls,
    failedCalls: () => failed,
  };
}
