import { askedWithout } from '../invariants/all.ts';
import { defectIn } from '../invariants/defects.ts';
import { createWorld, type World } from '../kernel/world.ts';
import type { Entry, Ledger } from '../ledger/ledger.ts';
import { formatPlan, ISSUERS, type Plan } from '../plans/plan.ts';

/** What a neighbourhood differs in. */
interface Place {
  /** The cluster whose account it shares; the plan strikes that one. */
  readonly beside: World | undefined;
  /** Whether it has one rotation, of which all invariants are asked. */
  readonly isAlone: boolean;
}

/** A world whose issuer lists the whole account, whoever asks. `onEntry`: told of all that happens, and of what that breaks. */
export function openWorld(
  plan: Plan,
  { beside, isAlone }: Place,
  onEntry: (entry: Entry, ledger: Ledger, broken: readonly string[]) => void,
): World {
  const { seed, operators, store, strikes } = plan;
  const issuer = ISSUERS[plan.issuer];
  if (!issuer) throw new Error(`there is no such issuer: ${formatPlan(plan)}`);
  const asked = askedWithout();
  function broken(entry: Entry, ledger: Ledger): string[] {
    const defect = defectIn(entry);
    const problems = (isAlone ? (asked.get(entry.type) ?? []) : []).flatMap((invariant) => {
      const problem = invariant.broken(entry, ledger);
      return problem === undefined ? [] : [`${invariant.id} ${problem}`];
    });
    return defect === undefined ? problems : [`DEFECT ${defect}`, ...problems];
  }
  return createWorld({
    operators,
    issuer,
    store,
    listsAll: true,
    ...(beside
      ? { seed: seed + 1, installation: 'copy', beside }
      : {
          seed,
          faults: new Map(strikes.flatMap((strike) => (strike.type === 'Call' ? [[strike.at, strike.fault]] : []))),
        }),
    onEntry: (entry, ledger) => onEntry(entry, ledger, broken(entry, ledger)),
  });
}
