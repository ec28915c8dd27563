import { OUTSIDE } from '../ledger/ledger.ts';
import type { World } from './world.ts';

/** A program that tells nobody anything: it takes the key that its target serves, some time after it changed, and calls with it. */
export interface SimulatedCaller {
  /** While true it neither loads nor calls. */
  silent: boolean;
  /** Calls once with the key of this text, whatever it has loaded. */
  call(text: string | undefined): void;
}

const LOAD_WITHIN_MS = 8_000;
const EVERY_MS = 60_000;

export function startCaller(world: World, name: string, path: string): SimulatedCaller {
  const { scheduler, ledger, random } = world;
  let holds: string | undefined;

  function turn(): void {
    scheduler.after(EVERY_MS, turn);
    if (caller.silent) return;
    load();
    caller.call(holds);
  }

  function load(): void {
    const text = ledger.targets.get(path)?.text ?? holds;
    if (text === undefined || text === holds) return;
    holds = text;
    ledger.add(OUTSIDE, { type: 'Loaded', pod: name, path, text, obedient: true });
  }

  const caller: SimulatedCaller = {
    silent: false,
    call(text) {
      if (text === undefined) return;
      world.outside(() => world.apio.authenticate('Live', text, 'uses'));
      ledger.add(OUTSIDE, { type: 'Used', text });
    },
  };
  world.onChange((changed) => {
    if (changed === path) scheduler.after(500 + random() * LOAD_WITHIN_MS, () => !caller.silent && load());
  });
  scheduler.after(random() * LOAD_WITHIN_MS, turn);
  return caller;
}
