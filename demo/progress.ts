/** Waiting for things to be seen, with a bound. */
export interface Progress {
  /** Something was seen: look again whether it was what is waited for. */
  changed(): void;
  /** Resolves when the condition holds; `what` completes the sentence "waited for …". */
  until(what: string, isReached: () => boolean): Promise<void>;
  /** Resolves after the time; only where the story rests on purpose. */
  rest(ms: number): Promise<void>;
  /** Ends all waiting, now and later, with this problem. */
  fail(problem: Error): void;
}

/** Nothing that was waited for came. The message is a sentence for the reader. */
class StoryStuck extends Error {
  override readonly name = 'StoryStuck';
}

interface Waiter {
  readonly what: string;
  readonly isReached: () => boolean;
  readonly resolve: () => void;
  readonly reject: (problem: Error) => void;
}

/** No step of the story may take longer than `boundMs`. */
export function createProgress({
  boundMs,
  schedule,
}: {
  readonly boundMs: number;
  /** Calls back once after the time; the returned function cancels it. */
  readonly schedule: (ms: number, callback: () => void) => () => void;
}): Progress {
  const waiters = new Set<Waiter>();
  let failure: Error | undefined;

  function changed(): void {
    for (const waiter of [...waiters]) {
      if (waiter.isReached()) waiter.resolve();
    }
  }
  function wait(what: string, isReached: () => boolean, ms: number, onTime: (waiter: Waiter) => void): Promise<void> {
    return new Promise<void>((resolve, reject) => {
      const end = (settle: () => void) => {
        cancel();
        waiters.delete(waiter);
        settle();
      };
      const waiter: Waiter = {
        what,
        isReached,
        resolve: () => end(resolve),
        reject: (problem) => end(() => reject(problem)),
      };
      const cancel = schedule(ms, () => onTime(waiter));
      waiters.add(waiter);
      if (failure) waiter.reject(during(failure, what));
      else if (isReached()) waiter.resolve();
    });
  }
  return {
    changed,
    until: (what, isReached) =>
      wait(what, isReached, boundMs, (waiter) => {
        waiter.reject(new StoryStuck(`waited ${boundMs / 1000} s in vain for ${what}`));
      }),
    rest: (ms) =>
      wait(
        'the time to pass',
        () => false,
        ms,
        (waiter) => waiter.resolve(),
      ),
    fail(problem) {
      failure ??= problem;
      for (const waiter of [...waiters]) waiter.reject(during(failure, waiter.what));
    },
  };
}

function during(failure: Error, what: string): StoryStuck {
  return new StoryStuck(`${failure.message} while it was waited for ${what}`);
}
