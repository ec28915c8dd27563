import { setTimeout as pause } from 'node:timers/promises';
import type { Ground } from './ground.ts';
import { settled } from './quiet.ts';

/** What an object at rest may take of the operator's memory. */
export const KIBIBYTES_AN_OBJECT = 6;
/** Until garbage of the start is collected, and looks that a start causes are over. */
const SETTLE_MS = 20_000;

/** Starts an operator over what is there; resolves when it has come to rest. */
export async function operatorAtRest({ operator }: Pick<Ground, 'operator'>): ReturnType<Ground['operator']> {
  const started = await operator();
  await settled(started);
  await pause(SETTLE_MS);
  return started;
}
