import { setTimeout as pause } from 'node:timers/promises';
import type { WorldOperator } from '../test/e2e/world/world.ts';
import { usageOf } from './usage.ts';

const LOOK_MS = 100;
/** So long a process does next to nothing before it counts as quiet. */
const WINDOW_MS = 1_000;
const NEXT_TO_NOTHING_SECONDS = 0.03;

/** Waits until an operator has read what there is and works, for both of which it may have to wait quietly, and then until it is quiet. */
export async function settled(operator: Pick<WorldOperator, 'pid' | 'probesURL' | 'lines'>): Promise<void> {
  const { pid, probesURL, lines } = operator;
  const leads = () => lines().some((line) => line.includes('"Leading: '));
  // One that is busy with many objects may cut a connection off.
  const isReady = async () => (await fetch(`${probesURL}/readyz`).catch(() => undefined))?.ok === true;
  while (!(leads() && (await isReady()))) {
    // Fails where the process is gone.
    await usageOf(pid);
    await pause(LOOK_MS);
  }
  await quietSince(pid);
}

/** Waits until a process is quiet; answers since when it is, in milliseconds of this process' monotonic clock. */
export async function quietSince(pid: number | undefined): Promise<number> {
  const looks: { readonly at: number; readonly cpuSeconds: number }[] = [];
  for (;;) {
    const look = { at: performance.now(), cpuSeconds: (await usageOf(pid)).cpuSeconds };
    looks.push(look);
    const start = looks.findLast(({ at }) => look.at - at >= WINDOW_MS);
    if (start && look.cpuSeconds - start.cpuSeconds <= NEXT_TO_NOTHING_SECONDS) return start.at;
    await pause(LOOK_MS);
  }
}
