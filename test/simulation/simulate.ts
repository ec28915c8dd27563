import { parseArgs } from 'node:util';
import { formatPlan, ISSUERS, type Plan, parsePlan, STORES } from './plans/plan.ts';
import { run } from './plans/run.ts';
import { singleFaults } from './plans/single-faults.ts';
import { SCENARIOS } from './scenarios/all.ts';

const { values } = parseArgs({
  options: {
    plan: { type: 'string' },
    scenario: { type: 'string' },
    issuer: { type: 'string' },
    store: { type: 'string' },
    max: { type: 'string', default: '5' },
  },
});

if (values.plan) {
  const { violations, digest, trace } = await run(parsePlan(values.plan), true);
  console.log([...trace, ...violations, `digest ${digest}`].join('\n'));
  process.exitCode = violations.length > 0 ? 1 : 0;
} else {
  let [count, bad, issued] = [0, 0, 0];
  const started = process.cpuUsage().user;
  const kinds = new Map<string, string[]>();
  for (const scenario of SCENARIOS) {
    if (values.scenario && scenario.name !== values.scenario) continue;
    for (const issuer of Object.keys(ISSUERS)) {
      if (values.issuer && issuer !== values.issuer) continue;
      for (const store of scenario.stores ?? STORES) {
        if (values.store && store !== values.store) continue;
        for (const [seed, operators] of [
          [17, 1],
          [18, 2],
          [19, 3],
        ] as const) {
          const base: Plan = { scenario: scenario.name, issuer, store, operators, seed, strikes: [] };
          const well = await run(base);
          for (const plan of [base, ...singleFaults(base, well)]) {
            const result = await run(plan);
            count += 1;
            issued += result.issued;
            if (result.violations.length === 0) continue;
            bad += 1;
            const kind = `${result.violations[0]
              ?.replace(/key_\w+/g, 'KEY')
              .replace(/ \(at.*/, '')
              .replace(/\d\d+\S*/g, '#')
              .slice(0, 170)}`;
            kinds.set(kind, [...(kinds.get(kind) ?? []), formatPlan(plan)]);
          }
        }
      }
    }
    const seconds = (process.cpuUsage().user - started) / 1e6;
    console.log(
      scenario.name,
      count,
      'plans',
      bad,
      'bad',
      (issued / seconds).toFixed(0),
      'keys issued a CPU second',
      seconds.toFixed(1),
      's',
    );
  }
  for (const [kind, plans] of [...kinds].sort((a, b) => b[1].length - a[1].length)) {
    console.log(`\n${plans.length} x ${kind}\n   ${plans.slice(0, Number(values.max)).join('\n   ')}`);
  }
}
