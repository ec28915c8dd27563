import { CallError } from '../../http/call-error.ts';
import type { Message, Webhook } from './webhook.ts';

/** A receiver that is away is asked again this much later; the request stands in the status all the while. */
const AGAIN_MS = 300_000;

/** Sends messages until they are taken; answers what is wrong where one was not, undefined where it was. */
export type Messenger = (message: Message) => Promise<string | undefined>;

export function createMessenger(webhook: Webhook, clock: { monotonic(): number }): Messenger {
  const failures = new Map<string, { readonly at: number; readonly problem: string }>();

  /** Of requests too that nobody makes any more. */
  function forgetOld(): void {
    for (const [requestID, { at }] of failures) if (clock.monotonic() - at >= AGAIN_MS) failures.delete(requestID);
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
      failures.set(message.requestID, { at: clock.monotonic(), problem });
      return problem;
    }
  };
}
