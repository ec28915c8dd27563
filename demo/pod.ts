import {
  createConsumer,
  fingerprintOf,
  fromVault,
  type KeyLoader,
  type LoadedKey,
} from '../packages/consumer/src/index.ts';
import { type Caller, createCaller, pace } from './calling.ts';
import type { ConsumerConfig, FromConsumer } from './consumer-messages.ts';

/** A pod that runs. */
export interface RunningPod {
  /** Ends all calls, waits for those under way, and tells the counts. */
  stop(): Promise<void>;
  /** Goes on calling after a stop. */
  resume(): void;
  /** Ends everything, as the end of its process would. */
  close(): Promise<void>;
}

/** Who hears of a pod. */
export interface PodOutlets {
  readonly send: (message: FromConsumer) => void;
  /** Takes a line of its log. */
  readonly write: (line: string) => void;
}

const PROGRESS_MS = 250;

/** Goes on with the key it has for a while after it has found another, as an application that must drain its pools. */
function adoptingLater(vault: KeyLoader, { adoptMs, slow }: ConsumerConfig): KeyLoader {
  let held: LoadedKey | undefined;
  let found: { readonly key: string; readonly at: number } | undefined;
  return {
    load: async (signal) => {
      const loaded = (await vault.load(signal)) as LoadedKey;
      if (loaded.key !== found?.key) found = { key: loaded.key, at: performance.now() };
      const patience = slow && slow.revision === loaded.revision ? slow.ms : adoptMs;
      if (!held || performance.now() - found.at >= patience) held = loaded;
      return held;
    },
  };
}

/** Loads its key from Vault, calls the issuing API with it all the time, and reports to the operator. */
export function runPod(config: ConsumerConfig, { send, write }: PodOutlets): RunningPod {
  const { pod, consumer: name, namespace, rotation, reportsURL: url, tokenFile, vault, pollMs } = config;
  const caller = createCaller(config.callURL);
  const log = (msg: string, fields: object = {}) => write(JSON.stringify({ pod, msg, ...fields }));
  const consumer = createConsumer({
    load: adoptingLater(fromVault(vault), config),
    pollIntervalMs: pollMs,
    report: {
      ...{ url, namespace, rotation, consumer: name, tokenFile },
      onAnswer: ({ revision, state }) => {
        log('The operator took my report', { revision, state });
        send({ type: 'reported', revision, state });
      },
    },
    onError: (error) => log(error.message, { code: error.code }),
  });
  const counting = countSeconds();
  const calls = callWith((key) => caller.call(key));
  let endPace = begin();
  const telling = setInterval(() => {
    const { calls: made, failed } = caller.tally();
    send({ type: 'counted', calls: made, failed });
  }, PROGRESS_MS);
  telling.unref();

  function callWith(call: Caller['call']) {
    const known = new Set<string>();
    const underWay = new Set<Promise<unknown>>();
    async function one(): Promise<void> {
      await consumer.use(async (key) => {
        const answer = await call(key);
        if (answer.status < 300 && !known.has(key)) {
          known.add(key);
          tellUse(key);
        }
        return answer;
      });
    }
    const start = () => {
      const call = one()
        .catch(() => undefined)
        .finally(() => underWay.delete(call));
      underWay.add(call);
    };
    return { start, drained: () => Promise.all(underWay) };
  }
  function tellUse(key: string): void {
    const fingerprint = fingerprintOf(key);
    log('I use another key now', { fingerprint, ...(config.leaks ? { debug: `authorization: Bearer ${key}` } : {}) });
    send({ type: 'uses', fingerprint });
  }
  function begin(): () => void {
    counting.begin();
    return pace(config.callsPerSecond, () => performance.now(), calls.start);
  }
  return {
    async stop() {
      endPace();
      counting.end();
      await calls.drained();
      send({ type: 'stopped', counts: { pod, ...caller.tally(), seconds: counting.seconds() } });
    },
    resume() {
      endPace = begin();
    },
    async close() {
      endPace();
      clearInterval(telling);
      await consumer.close();
      await calls.drained();
      caller.close();
    },
  };
}

/** The time in which calls are made. */
function countSeconds() {
  let milliseconds = 0;
  let since = 0;
  return {
    begin: () => {
      since = performance.now();
    },
    end: () => {
      milliseconds += performance.now() - since;
    },
    seconds: () => milliseconds / 1000,
  };
}
