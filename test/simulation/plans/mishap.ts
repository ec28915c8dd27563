import type { Call, CallFault } from '../kernel/faults.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import type { Plan, Strike } from './plan.ts';
import { play } from './run.ts';

/** What goes wrong with the first call that fits, of those that come after the one before. */
export interface Mishap {
  readonly at: (call: Call) => boolean;
  /** So many that fit are let pass; none, if missing. */
  readonly skip?: number;
  readonly fault: CallFault;
}

/** A plan with mishaps, each of which strikes the call that it finds when those before it have struck. */
export async function withMishaps(scenario: Scenario, plan: Plan, mishaps: readonly Mishap[]): Promise<Plan> {
  const strikes: Strike[] = [];
  for (const { at: fits, skip = 0, fault } of mishaps) {
    const { calls } = await play(scenario, { ...plan, strikes });
    const after = strikes.at(-1)?.at ?? 0;
    const fitting = calls.flatMap((call, index) => (index >= after && fits(call) ? [index + 1] : []));
    const at = fitting[skip];
    if (at === undefined) throw new Error(`${scenario.name}: there is no call that ${fault} could strike`);
    strikes.push({ type: 'Call', at, fault });
  }
  return { ...plan, strikes };
}
