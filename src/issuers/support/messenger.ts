import { CallError, retryAfterMs } from '../../http/call-error.ts';
import type { Message, Webhook } from './webhook.ts';

/** A receiver that is away is asked again this much later, or when it says; the request stands in the status all the while. */
const AGAIN_MS = 300_000;
/** As long as other messages wait for it at the most: one of them may be urgent. */
const LONGEST_MS = 60_000;

/** Sends messages until they are taken; answers what is wrong where one was not, undefined where it was. */
export type Messenger = (message: Message) => Promise<string | undefined>;

interface Failure {
  /** By the monotonic clock. */
  readonly until: number;
  readonly problem: string;
}

export function createMessenger(webhook: Webhook, clock: { monotonic(): number }): Messenger {
  const failures = new Map<string, Failure>();
  /** The receiver wants no message before. */
  let rest: Failure | undefined;

  const isOver = ({ until }: Failure) => clock.monotonic() >= until;

  /** Of requests too that nobody makes any more. */
  function forgetOld(): void {
    for (const [requestID, failure] of failures) if (isOver(failure)) failures.delete(requestID);
    if (rest && isOver(rest)) rest = undefined;
  }

  return async (message) => {
    forgetOld();
    const failed = failures.get(message.requestID) ?? rest;
    if (failed) return failed.problem;
    try {
      await webhook(message);
      return undefined;
    } catch (error) {
      if (!(error instanceof CallError)) throw error;
      const problem = `nobody was told by the webhook: ${error.message}; until it works, pass this request on by hand`;
      const namedMs = retryAfterMs(error);
      failures.set(message.requestID, { until: clock.monotonic() + Math.max(AGAIN_MS, namedMs), problem });
      if (namedMs > 0) rest = { until: clock.monotonic() + Math.min(namedMs, LONGEST_MS), problem };
      return problem;
    }
  };
}
