import { CallError } from '../../http/call-error.ts';
import type { Message, Webhook } from './webhook.ts';

/** A receiver that is away is asked again this much later, or when it says; the request stands in the status all the while. */
const AGAIN_MS = 300_000;

/** Sends messages until they are taken; answers what is wrong where one was not, undefined where it was. */
export type Messenger = (message: Message) => Promise<string | undefined>;

export function createMessenger(webhook: Webhook, clock: { monotonic(): number }): Messenger {
  const failures = new Map<string, { readonly until: number; readonly problem: string }>();

  /** Of requests too that nobody makes any more. */
  function forgetOld(): void {
    for (const [requestID, { until }] of failures) if (clock.monotonic() >= until) failures.delete(requestID);
  }

  return async (message) => {
    forgetOld();
    const failed = failures.get(message.requestID);
    if (failed) return failed.problem;
    try {
      await webhook(message);
      return undefined;
    } catch (error) {
      if (!(error instanceof CallError)) throw error;
      const problem = `nobody was told by the webhook: ${error.message}; until it works, pass this request on by hand`;
      const restMs = Math.max(AGAIN_MS, (error.retryAfterSeconds ?? 0) * 1_000);
      failures.set(message.requestID, { until: clock.monotonic() + restMs, problem });
      return problem;
    }
  };
}
