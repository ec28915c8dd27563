import type { Scenario } from '../scenarios/scenario.ts';
import { promise } from '../scenarios/stage.ts';
import { twoPods } from './pods.ts';

/** Longer than another process waits before it takes an attempt over, shorter than a deletion tries. */
const AWAY_MS = 120_000;

export const keyInHand: Scenario = {
  name: 'trap-key-in-hand',
  says: 'the object is deleted while somebody holds a new key that no store takes',
  ends: 'Gone',
  stores: ['Vault'],
  prepare: twoPods,
  async play(stage) {
    const { world } = stage;
    const before = world.apio.keys.length;
    stage.annotate({ rotate: 'a' });
    await stage.until(() => world.apio.keys.length > before);
    world.down.add('store');
    stage.remove();
    await stage.pass(AWAY_MS);
    world.down.delete('store');
    await stage.gone();
    await stage.pass(AWAY_MS);
    const left = world.apio.keys.slice(before).filter((key) => world.apio.statusOf(key) === 'active');
    promise(left.length === 0, `S2 a key that nobody ever used lives on: ${left.map(({ id }) => id)}`);
  },
};
