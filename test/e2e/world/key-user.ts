import { createCaller, pace, type Tally } from '../../../demo/calling.ts';
import {
  createConsumer,
  type KeyLoader,
  type LoadedKey,
  type ReportOptions,
} from '../../../packages/consumer/src/index.ts';

/** A program that loads the key with the SDK, and calls the issuing API with it at a steady pace. */
export interface KeyUser {
  tally(): Tally;
  /** Ends; resolves when the last call has its answer. */
  stop(): Promise<void>;
}

/** What it uses, and what holds it up. */
export interface KeyUserOptions {
  readonly load: KeyLoader;
  readonly callURL: string;
  readonly callsPerSecond: number;
  /** Left out: it tells nobody. */
  readonly report?: ReportOptions | undefined;
  /** Whether it must go on with the key that it has. */
  readonly isHeld: () => boolean;
  /** Told what the SDK has to say: its log. */
  readonly log: (line: string) => void;
}

const POLL_MS = 200;

/** Starts it. */
export function startKeyUser({ load, callURL, callsPerSecond, report, isHeld, log }: KeyUserOptions): KeyUser {
  const caller = createCaller(callURL);
  const consumer = createConsumer({
    load: holdable(load, isHeld),
    pollIntervalMs: POLL_MS,
    onError: ({ code, message }) => log(`${code}: ${message}`),
    ...(report && { report }),
  });
  const underWay = new Set<Promise<unknown>>();
  const endPace = pace(
    callsPerSecond,
    () => performance.now(),
    () => {
      // A call without a key is none, and failures of others are counted by the caller.
      const call = consumer
        .use(caller.call)
        .catch(() => undefined)
        .finally(() => underWay.delete(call));
      underWay.add(call);
    },
  );
  return {
    tally: caller.tally,
    async stop() {
      endPace();
      await consumer.close();
      await Promise.all(underWay);
      caller.close();
    },
  };
}

/** As an application that must drain its pools first: it keeps its key until it is let go. */
function holdable({ load }: KeyLoader, isHeld: () => boolean): KeyLoader {
  let present: LoadedKey | string | undefined;
  return {
    load: async (signal) => {
      if (present === undefined || !isHeld()) present = await load(signal);
      return present;
    },
  };
}
