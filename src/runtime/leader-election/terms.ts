import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import type { Leadership } from './leadership.ts';

/** The terms of one process, one after the other. */
export interface Terms extends Pick<Leadership, 'holds' | 'onChange'> {
  /** Whether a term is under way; it may have run out unnoticed, see `holds`. */
  leads(): boolean;
  /** The lease was held at the monotonic time `since`: begins a term, or lengthens the present one. */
  extend(since: number): void;
  /** Ends the term, if there is one. */
  end(why: string): void;
}

export interface TermsDeps {
  readonly clock: Clock;
  readonly renewDeadline: number;
  readonly log: Log;
}

/** No term yet. */
export function createTerms({ clock, renewDeadline, log }: TermsDeps): Terms {
  const listeners: ((leads: boolean) => void)[] = [];
  let leads = false;
  let heldAt = Number.NEGATIVE_INFINITY;
  let cancelTimer = () => {};

  /** By the clock, not by the timer: after a pause of the whole process the timer comes too late. */
  function remaining(): number {
    return heldAt + renewDeadline - clock.monotonic();
  }

  function change(to: boolean): void {
    leads = to;
    for (const listener of listeners) listener(to);
  }

  function end(why: string): void {
    cancelTimer();
    if (!leads) return;
    log.warn({ why }, 'Not leading any more: nothing new is begun, the caches are kept');
    change(false);
  }

  return {
    leads: () => leads,
    holds: () => leads && remaining() > 0,
    extend(since) {
      heldAt = since;
      const left = remaining();
      const why = `no renewal of the lease succeeded within ${renewDeadline / 1_000} s`;
      if (left <= 0) {
        end(why);
        return;
      }
      cancelTimer();
      cancelTimer = clock.schedule(left, () => end(why));
      if (leads) return;
      log.info({}, 'Leading: this replica works, the others stand by');
      change(true);
    },
    end,
    onChange(listener) {
      listeners.push(listener);
      if (leads) listener(true);
    },
  };
}
