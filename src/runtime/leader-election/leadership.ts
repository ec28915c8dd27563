import { CallError } from '../../http/call-error.ts';

/** Whether this process is the one that works. */
export interface Leadership {
  /** Whether others stand by while this process leads. */
  readonly elected: boolean;
  /** False from the moment in which the lease may have passed to another. Ask right before each effect, not once for several. */
  holds(): boolean;
  /** Calls back at each begin of a term and after each end, at once where one runs already; the next term may follow soon. */
  onChange(listener: (leads: boolean) => void): void;
}

/** Without an election every process works, and the protocol alone keeps them from harm. */
export const alwaysLeading: Leadership = {
  elected: false,
  holds: () => true,
  onChange: (listener) => listener(true),
};

/** Throws CallError `unavailable` where an effect must not begin. */
export function assertLeading(leadership: Pick<Leadership, 'holds'>): void {
  if (leadership.holds()) return;
  const message = 'nothing was begun: this process does not hold the lease (any more); its holder goes on';
  throw new CallError('unavailable', 'NotLeading', message);
}
