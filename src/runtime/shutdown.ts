import type { Clock } from './clock.ts';
import type { Log } from './log.ts';

/** Where termination signals come from: `process`, or an EventEmitter in tests. */
export interface SignalSource {
  on(signal: 'SIGTERM' | 'SIGINT', listener: () => void): unknown;
  off(signal: 'SIGTERM' | 'SIGINT', listener: () => void): unknown;
}

/** What a shutdown needs. */
export interface ShutdownOptions {
  readonly signals: SignalSource;
  readonly clock: Clock;
  readonly log: Log;
  /** How long effects in flight may take to end; keep it below the pod's terminationGracePeriodSeconds. */
  readonly graceMs: number;
}

/** `Clean`: everything ended by itself. `Cut`: the grace period was over, or a second signal came, before it did. */
export type ShutdownResult = 'Clean' | 'Cut';

/** An orderly end: stop taking work, let effects in flight end (an aborted issue call would leave an orphan key). */
export interface Shutdown {
  /** Adds something to stop; what was added last is stopped first, and the next only when it has stopped. */
  add(name: string, stop: () => Promise<void> | void): void;
  /** Aborts as soon as the shutdown begins. */
  readonly signal: AbortSignal;
  /** Begins the shutdown without a signal from outside. */
  begin(why: string): void;
  /** Resolves when the shutdown is over. */
  readonly done: Promise<ShutdownResult>;
}

/** Begins at the first SIGTERM or SIGINT; the second one cuts it short. */
export function createShutdown({ signals, clock, log, graceMs }: ShutdownOptions): Shutdown {
  const begun = new AbortController();
  const done = Promise.withResolvers<ShutdownResult>();
  const steps: { readonly name: string; readonly stop: () => Promise<void> | void }[] = [];

  function begin(why: string): void {
    if (begun.signal.aborted) {
      end('Cut');
      return;
    }
    log.info({ why, graceMs }, 'Shutting down');
    begun.abort();
    const cancel = clock.schedule(graceMs, () => end('Cut'));
    void stopAll().then(() => {
      cancel();
      end('Clean');
    });
  }

  async function stopAll(): Promise<void> {
    for (const { name, stop } of steps.toReversed()) {
      try {
        await stop();
      } catch (err) {
        log.error({ err, part: name }, 'A part could not be stopped in order');
      }
    }
  }

  function end(result: ShutdownResult): void {
    signals.off('SIGTERM', onTerminate);
    signals.off('SIGINT', onInterrupt);
    done.resolve(result);
  }

  const onTerminate = () => begin('SIGTERM');
  const onInterrupt = () => begin('SIGINT');
  signals.on('SIGTERM', onTerminate);
  signals.on('SIGINT', onInterrupt);

  return {
    add: (name, stop) => void steps.push({ name, stop }),
    signal: begun.signal,
    begin,
    done: done.promise,
  };
}
