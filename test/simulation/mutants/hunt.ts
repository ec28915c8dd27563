import { type Plan, parsePlan, type Strike } from '../plans/plan.ts';
import { type Run, run } from '../plans/run.ts';
import { singleFaults } from '../plans/single-faults.ts';

/** The first plan in which an invariant broke, and what else broke in it. */
export interface Catch {
  readonly plan: string;
  readonly broken: string;
}

/** Plays the plan that is known to show the bug, then every single fault of the same story, until the invariant breaks. */
export async function hunt(invariant: string, known: string, untilMs: number): Promise<Catch | readonly string[]> {
  const others = new Set<string>();
  for await (const { id, violations } of runs(parsePlan(known), untilMs)) {
    const broken = violations.find((violation) => violation.startsWith(`${invariant} `));
    if (broken) return { plan: id, broken };
    for (const violation of violations) others.add(violation.split(' ')[0] ?? '');
  }
  return [...others];
}

async function* runs(plan: Plan, untilMs: number): AsyncIterable<Run> {
  yield await run(plan);
  for (const seed of [plan.seed, 17, 18, 19]) {
    const base = { ...plan, seed, strikes: [] };
    const well = await run(base);
    yield well;
    for (const faulty of likelyFirst(singleFaults(base, well, 'All'), plan)) {
      if (performance.now() > untilMs) return;
      yield await run(faulty);
    }
  }
}

/** Where code has moved the number of a call, the same fault some calls off is what shows the bug. */
function likelyFirst(plans: readonly Plan[], { strikes }: Plan): Plan[] {
  const kinds = new Set(strikes.map(kindOf));
  const isLikely = (plan: Plan) => plan.strikes.some((strike) => kinds.has(kindOf(strike)));
  return [...plans.filter(isLikely), ...plans.filter((plan) => !isLikely(plan))];
}

function kindOf(strike: Strike): string {
  return strike.type === 'Call' ? strike.fault : strike.fate;
}

/** What breaks in the same plan without any bug. */
export async function control(plan: string): Promise<readonly string[]> {
  return (await run(parsePlan(plan))).violations;
}
