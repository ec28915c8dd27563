/** Uses one key as an application does: reads it, calls the issuing API with it, and tells of each new one. */
export interface CallingConsumer {
  /** Reads once, and calls once. */
  turn(): Promise<void>;
  calls(): number;
  failedCalls(): number;
}

/** What it uses, and who hears of a new key when it has been used. */
export interface CallingConsumerOptions {
  /** The key that it is given now; undefined where there is none yet. */
  readonly read: () => Promise<string | undefined>;
  readonly callURL: string;
  readonly onKey: (text: string) => Promise<void>;
}

/** Starts nothing by itself: whoever has it decides when it takes a turn. */
export function createCallingConsumer({ read, callURL, onKey }: CallingConsumerOptions): CallingConsumer {
  let held: string | undefined;
  let calls = 0;
  let failed = 0;
  return {
    async turn() {
      const before = held;
      held = (await read()) ?? held;
      if (held === undefined) return;
      calls += 1;
      if (!(await isAccepted(callURL, held))) failed += 1;
      if (held !== before) await onKey(held);
    },
    calls: () => calls,
    failedCalls: () => failed,
  };
}

/** No answer is none that was hoped for. */
async function isAccepted(url: string, key: string): Promise<boolean> {
  const answer = await fetch(url, { headers: { authorization: `Bearer ${key}` } }).catch(() => undefined);
  await answer?.body?.cancel();
  return answer?.ok === true;
}
