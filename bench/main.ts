import '../bin/require-node.js';
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { imageStart } from '../scripts/image-start.ts';
import { buildComponents } from '../test/e2e/components/build.ts';
import { type Figure, isKept, tableOf } from './figures.ts';
import { type Run, runOf, withRun } from './results.ts';
import { SCENARIOS } from './scenarios/all.ts';
import { isOnSandbox, play, type Scenario, type Stage } from './stage.ts';

const TOP = join(import.meta.dirname, '..');
const USAGE = `usage: npm run bench [-- [--quick] [--only LETTERS]]
  Scenarios against the real components or the sandbox, each on a ground of its own. Prints a table and renews their figures
  in bench/results.json.
  --quick         few rotations, and only the scenarios that are marked *, for CI: in bench/results-quick.json
  --only a,c      these scenarios
Fails where a figure that depends on the code alone misses its limit; never for a time.
${SCENARIOS.map(({ letter, about, quick }) => `  ${letter} ${quick ? '*' : ' '} ${about}\n`).join('')}`;

/** What the command line asks for. */
interface Wish {
  readonly size: Stage['size'];
  readonly scenarios: readonly Scenario[];
}

/** Undefined where the command line makes no sense. */
function wishOf(args: readonly string[]): Wish | undefined {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { quick: { type: 'boolean' }, only: { type: 'string' } },
    });
    const size = values.quick ? 'quick' : 'full';
    const letters = values.only?.split(',');
    if (!letters) return { size, scenarios: SCENARIOS.filter(({ quick }) => quick || !values.quick) };
    const scenarios = SCENARIOS.filter(({ letter }) => letters.includes(letter));
    return scenarios.length === letters.length ? { size, scenarios } : undefined;
  } catch {
    return undefined;
  }
}

async function main(): Promise<void> {
  const wish = wishOf(process.argv.slice(2));
  if (!wish) {
    console.error(USAGE);
    process.exitCode = 1;
    return;
  }
  const { size, scenarios } = wish;
  const tell = (line: string) => console.log(line);
  if (scenarios.some((scenario) => !isOnSandbox(scenario, size))) {
    await buildComponents(tell, ['kube-apiserver', 'etcd', 'vault']);
  }
  tell('laying out what the image holds');
  const tree = await mkdtemp(join(tmpdir(), 'bench-'));
  const figures: Figure[] = [];
  try {
    execFileSync(process.execPath, ['scripts/image-tree.ts', tree], { cwd: TOP });
    const { entrypoint, env } = imageStart();
    Object.assign(process.env, env);
    const program = [...entrypoint.slice(1, -1), join(tree, 'dist/main.js')];
    for (const scenario of scenarios) {
      tell(`${scenario.letter}: ${scenario.about}`);
      figures.push(...(await play(scenario, { program, size, tell })));
      // After each: whoever breaks off a run of an hour has the figures so far.
      await keep(runOf(size, figures));
    }
  } finally {
    await rm(tree, { recursive: true });
  }
  tell(`\n${tableOf(figures)}`);
  if (figures.some((figure) => figure.depends === 'OnTheCodeAlone' && !isKept(figure))) process.exitCode = 1;
}

async function keep(run: Run): Promise<void> {
  const file = join(import.meta.dirname, run.size === 'quick' ? 'results-quick.json' : 'results.json');
  const runs: readonly Run[] = existsSync(file) ? JSON.parse(await readFile(file, 'utf8')) : [];
  await writeFile(file, `${JSON.stringify(withRun(runs, run), null, 2)}\n`);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
