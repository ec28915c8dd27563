import { KeyRefused } from './errors.ts';

/** What one call with one key came to. */
type Outcome<T> =
  | { readonly refused: false; readonly value: T }
  /** The API refused the key; `settle` gives the caller the refusal as `fn` gave it. */
  | { readonly refused: true; readonly settle: () => T; readonly discard: () => Promise<void> };

/** Calls under way, by the key that they use. */
export interface Calls {
  run<T>(key: string, fn: (key: string) => T | Promise<T>): Promise<Outcome<T>>;
  /** Resolves when no call uses another key than this one. */
  others(key: string): Promise<void>;
}

/** Counts calls, so that nobody says "I use the new key" while a call with the old one is under way. */
export function createCalls(): Calls {
  const running = new Map<string, number>();
  let waiting: (() => void)[] = [];

  function count(key: string, change: number): void {
    const now = (running.get(key) ?? 0) + change;
    if (now > 0) running.set(key, now);
    else running.delete(key);
    if (change > 0) return;
    const woken = waiting;
    waiting = [];
    for (const wake of woken) wake();
  }
  return {
    async run(key, fn) {
      count(key, 1);
      try {
        return judge(await fn(key));
      } catch (error) {
        if (error instanceof KeyRefused) return refusal(error);
        throw error;
      } finally {
        count(key, -1);
      }
    },
    async others(key) {
      while ([...running.keys()].some((used) => used !== key)) {
        await new Promise<void>((resolve) => waiting.push(resolve));
      }
    },
  };
}

function judge<T>(value: T): Outcome<T> {
  if (!isUnauthorized(value)) return { refused: false, value };
  return { refused: true, settle: () => value, discard: async () => value.body?.cancel?.() };
}

function refusal(error: KeyRefused): Outcome<never> {
  const settle = () => {
    throw error;
  };
  return { refused: true, settle, discard: async () => undefined };
}

interface Unauthorized {
  readonly status: 401;
  readonly body?: { cancel?: () => Promise<void> } | null;
}

/** A Response of any fetch that says 401. */
function isUnauthorized<T>(value: T): value is T & Unauthorized {
  return typeof value === 'object' && value !== null && 'status' in value && value.status === 401 && 'headers' in value;
}
