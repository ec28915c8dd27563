import type { Requester } from '../port.ts';
import type { Messenger } from './messenger.ts';
import type { Told } from './register.ts';
import type { Message } from './webhook.ts';

/**
 * Tells people of a request that nobody has told them of yet, or not that it is urgent; `onTold` makes durable what they were told.
 * Answers what is wrong where nobody was told.
 */
export type Tell = (
  message: Message,
  isUrgent: boolean,
  before: Told,
  onTold: (told: Told) => Promise<unknown>,
) => Promise<string | undefined>;

/** Without a messenger nobody is told, and nothing is wrong. */
export function createTelling(messenger: Messenger | undefined): Tell {
  return async (message, isUrgent, { told = false, toldUrgent = false }, onTold) => {
    if (!messenger || (told && (toldUrgent || !isUrgent))) return undefined;
    const requestID = told ? `${message.requestID}/urgent` : message.requestID;
    const problem = await messenger({ ...message, requestID });
    if (problem === undefined) await onTold({ told: true, ...(isUrgent ? { toldUrgent: true } : {}) });
    return problem;
  };
}

/** As people name it. */
export function rotationOf({ namespace, name }: Requester): string {
  return `${namespace}/${name}`;
}
