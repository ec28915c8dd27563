import type { ApioEngine } from '../../../sandbox/apio/engine/apio-engine.ts';
import { until } from '../components/until.ts';

/** Reads what a store serves, again and again, as a consumer that needs a key that works. */
export interface ServedKeyWatch {
  /** Seconds in which the store served a key that is dead at the issuer. */
  deadSeconds(): number;
  /** How often it looked. */
  looks(): number;
  stop(): Promise<void>;
}

/** What to read, and where to ask whether it lives. */
export interface ServedKeyOptions {
  /** The key's text, undefined where nothing is served yet. */
  readonly read: () => Promise<string | undefined>;
  readonly apio: Pick<ApioEngine, 'keys' | 'statusOf'>;
  /** Told of each key that is served for the first time. */
  readonly onKey: (text: string) => void;
}

const EVERY_MS = 100;

/** Looks ten times a second until it is stopped. */
export function watchServedKey({ read, apio, onKey }: ServedKeyOptions): ServedKeyWatch {
  let stopped = false;
  let deadMs = 0;
  let looks = 0;
  let previous = { at: performance.now(), dead: false };
  const known = new Set<string>();

  async function look(): Promise<boolean> {
    const text = await read();
    const at = performance.now();
    const key = apio.keys.find((candidate) => candidate.text === text);
    const dead = text !== undefined && (key === undefined || apio.statusOf(key) !== 'active');
    // Dead at one of two looks counts for all the time between them.
    if (dead || previous.dead) deadMs += at - previous.at;
    previous = { at, dead };
    looks += 1;
    if (text !== undefined && !known.has(text)) {
      known.add(text);
      onKey(text);
    }
    return stopped;
  }
  const watching = until(look, { what: 'the end of the watch', timeoutMs: 3_600_000, everyMs: EVERY_MS });
  return {
    deadSeconds: () => Math.ceil(deadMs / 1000),
    looks: () => looks,
    async stop() {
      stopped = true;
      await watching;
    },
  };
}
