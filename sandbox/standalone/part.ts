import { randomInt, randomUUID } from 'node:crypto';

/** A running part of the sandbox: how to reach it, as lines to print, and how to stop it. */
export interface RunningPart {
  readonly lines: readonly string[];
  close(): Promise<void>;
}

/** A part of the sandbox that runs alone. It takes `ports` ports from `port` on, or free ones where `port` is 0. */
export interface Part {
  readonly ports: number;
  start(port: number): Promise<RunningPart>;
}

/** The machine's clock and chance, for engines that have none of their own. */
export const machine = {
  now: () => Date.now(),
  uuid: () => randomUUID(),
  random: () => randomInt(2 ** 32) / 2 ** 32,
};
