import { type Call, type CallFault, faultsOf } from '../kernel/faults.ts';
import type { EventFate } from '../kernel/kube-port.ts';
import { isStoreTrouble } from '../kernel/store-troubles.ts';
import { SCENARIOS } from '../scenarios/all.ts';
import type { Plan, Strike } from './plan.ts';
import type { Run } from './run.ts';

/** What can happen to an event of a watch. */
export const ANY_FATE: readonly EventFate[] = ['Lost', 'Late', 'Merged'];
const CLOCKS: readonly CallFault[] = ['clock-ahead', 'clock-behind', 'clock-double'];
/** What can happen to a call, or to the process that makes it. */
export const ANY_FAULT: readonly CallFault[] = [
  ...CLOCKS,
  ...new Set([
    ...faultsOf({ name: '', peer: 'kube', isRead: false, detail: '' }),
    ...faultsOf({ name: '', peer: 'store', isRead: true, detail: '' }),
    ...faultsOf({ name: '', peer: 'store', isRead: false, detail: '' }),
  ]),
];

type Told = Pick<Run, 'calls' | 'events'>;

/**
 * How much of it is played: all; or, where there are minutes only, one of those that come to the same, and a clock that is wrong from
 * the start rather than from any later call. Seeds draw from all.
 */
export type Extent = 'All' | 'Brief';

/** What can go wrong with the n-th call of a run. */
function faultsAt(call: Call, at: number, extent: Extent): CallFault[] {
  const faults = [...(extent === 'All' || at === 1 ? CLOCKS : []), ...faultsOf(call)];
  return extent === 'Brief' ? faults.filter((fault) => isPlayedBriefly(fault, call)) : faults;
}

/** What lasts has a test of its own: store-troubles.test.ts. */
function isPlayedBriefly(fault: CallFault, { isRead }: Call): boolean {
  return !isStoreTrouble(fault) && !(isRead && LIKE_ANOTHER.has(fault));
}

/**
 * Of a question. One that is never put and one whose answer is never heard change nothing, and look alike to whoever asks; two ways to
 * refuse it do too. A process that dies at a question has done what it has when it dies before its next write, and a watch that is
 * silent from a question on keeps back what is written later.
 */
const LIKE_ANOTHER: ReadonlySet<CallFault> = new Set([
  'lost-answer',
  '503',
  'crash-before',
  'crash-after',
  'mute-watch',
]);

/** Everything that can go wrong once more in a run that is known, after what went wrong in it already. */
function strikesOf({ calls, events }: Told, afterCall: number, afterEvent: number, extent: Extent): Strike[] {
  return [
    ...calls.flatMap((call, index): Strike[] =>
      index < afterCall
        ? []
        : faultsAt(call, index + 1, extent).map((fault) => ({ type: 'Call', at: index + 1, fault })),
    ),
    ...Array.from({ length: events }, (_, index) => index + 1).flatMap((at): Strike[] =>
      at <= afterEvent ? [] : ANY_FATE.map((fate) => ({ type: 'Event', at, fate })),
    ),
  ];
}

/** Whether the story bears this strike without help. */
export function isBorne(plan: Pick<Plan, 'scenario'>, strike: Strike): boolean {
  const { without = [] } = SCENARIOS.find(({ name }) => name === plan.scenario) ?? {};
  return strike.type !== 'Call' || !without.includes(strike.fault);
}

/** One plan a strike, given how the plan goes without one. */
export function singleFaults(plan: Plan, well: Told, extent: Extent): Plan[] {
  const strikes = strikesOf(well, 0, 0, extent).filter((strike) => isBorne(plan, strike));
  return strikes.map((strike) => ({ ...plan, strikes: [strike] }));
}

/** One plan for each strike that may follow the one in the plan, given how that goes: of the same kind, each will strike. */
export function secondFaults(plan: Plan, struck: Told): Plan[] {
  const [first] = plan.strikes;
  if (!first) return [];
  // A pair of a call and an event is found once: with the call as its first.
  const wanted =
    first.type === 'Call'
      ? strikesOf(struck, first.at, 0, 'Brief')
      : strikesOf(struck, Number.POSITIVE_INFINITY, first.at, 'Brief');
  return wanted.map((strike) => ({ ...plan, strikes: [first, strike] }));
}
