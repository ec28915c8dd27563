import { type CallFault, faultsOf } from '../kernel/faults.ts';
import type { EventFate } from '../kernel/kube-port.ts';
import type { Plan, Strike } from './plan.ts';
import type { Run } from './run.ts';

const FATES: readonly EventFate[] = ['Lost', 'Late', 'Merged'];
const CLOCKS: readonly CallFault[] = ['clock-ahead', 'clock-behind', 'clock-double'];

/** Everything that can go wrong once in a run that went well. */
function strikesOf({ calls, events }: Pick<Run, 'calls' | 'events'>): Strike[] {
  return [
    ...CLOCKS.map((fault): Strike => ({ type: 'Call', at: 1, fault })),
    ...calls.flatMap((call, index) => faultsOf(call).map((fault): Strike => ({ type: 'Call', at: index + 1, fault }))),
    ...Array.from({ length: events }, (_, index) =>
      FATES.map((fate): Strike => ({ type: 'Event', at: index + 1, fate })),
    ).flat(),
  ];
}

/** One plan a strike. */
export function singleFaults(plan: Plan, well: Pick<Run, 'calls' | 'events'>): Plan[] {
  return strikesOf(well).map((strike) => ({ ...plan, strikes: [strike] }));
}
