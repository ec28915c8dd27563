import { describe, expect, it } from 'vitest';
import { createProgress } from '../../../demo/progress.ts';

/** Timers that fire when told to. */
function manualTimers() {
  const timers = new Set<{ readonly ms: number; readonly callback: () => void }>();
  return {
    schedule: (ms: number, callback: () => void) => {
      const timer = { ms, callback };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    pending: () => [...timers].map(({ ms }) => ms),
    fire: () => {
      for (const { callback } of [...timers]) callback();
    },
  };
}

function world() {
  const timers = manualTimers();
  return { timers, progress: createProgress({ boundMs: 60_000, schedule: timers.schedule }) };
}

describe('waiting in the story', () => {
  it('ends as soon as something makes the condition true, and leaves no timer behind', async () => {
    const { progress, timers } = world();
    let isThere = false;
    const waiting = progress.until('it', () => isThere);
    progress.changed();
    expect(timers.pending()).toEqual([60_000]);
    isThere = true;
    progress.changed();
    await waiting;
    expect(timers.pending()).toEqual([]);
  });

  it('says after the bound what was waited for', async () => {
    const { progress, timers } = world();
    const waiting = progress.until('rotation 2 to end', () => false);
    timers.fire();
    await expect(waiting).rejects.toThrow('waited 60 s in vain for rotation 2 to end');
  });

  it('rests for as long as asked', async () => {
    const { progress, timers } = world();
    const resting = progress.rest(150);
    progress.changed();
    expect(timers.pending()).toEqual([150]);
    timers.fire();
    await resting;
  });

  it('is over for good when something fails, and says what it was waited for', async () => {
    const { progress, timers } = world();
    const now = progress.until('rotation 2 to end', () => false);
    progress.fail(new Error('the operator ended by SIGKILL'));
    progress.fail(new Error('later'));
    await expect(now).rejects.toThrow('the operator ended by SIGKILL while it was waited for rotation 2 to end');
    await expect(progress.rest(1)).rejects.toThrow('the operator ended by SIGKILL');
    expect(timers.pending()).toEqual([]);
  });
});
