import { present } from '../conditions.ts';
import { commit, type Rule } from '../decision.ts';
import { heldBack } from '../held-back.ts';
import { skippedTick } from '../transitions/completion.ts';
import { statusOf } from '../transitions/status.ts';
import { tickSkipped } from './finishing.ts';
import { stalled } from './waiting.ts';

/** After a roll back the same rotation must not begin again by itself. Ticks that pass meanwhile are told. */
export const rolledBack: Rule = (facts) => {
  const status = statusOf(facts);
  const held = heldBack(facts);
  if (!held) return undefined;
  const tick = skippedTick(facts);
  if (tick !== undefined)
    return commit('TickSkipped', present(facts, { ...status, lastTick: tick }), [
      tickSkipped(tick, 'while the roll back was not answered'),
    ]);
  return stalled(facts, held);
};
