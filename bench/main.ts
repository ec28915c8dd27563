import '../bin/require-node.js';
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { imageStart } from '../scripts/image-start.ts';
import { buildComponents } from '../test/e2e/components/build.ts';
import { type Figure, isKept, tableOf } from './figures.ts';
import { resultsOf } from './results.ts';
import { SCENARIOS } from './scenarios/all.ts';
import { play, type Scenario, type Stage } from './stage.ts';

const TOP = join(import.meta.dirname, '..');
const USAGE = `usage: npm run bench [-- [--quick] [--only LETTERS]]
  Scenarios against the real components or the sandbox, each on a ground of its own. Prints a table and writes bench/results.json.
  --quick         few rotations, and only the scenarios that are marked *, for CI: writes bench/results-quick.json
  --only a,c      these scenarios; writes no file
Fails where a figure that depends on the code alone misses its limit; never for a time.
${SCENARIOS.map(({ letter, about, quick }) => `  ${letter} ${quick ? '*' : ' '} ${about}\n`).join('')}`;

/** What the command line asks for. */
interface Wish {
  readonly size: Stage['size'];
  readonly scenarios: readonly Scenario[];
  /** Missing where the run is not whole. */
  readonly file?: string;
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
    if (!letters) {
      const scenarios = SCENARIOS.filter(({ quick }) => quick || !values.quick);
      return { size, scenarios, file: values.quick ? 'results-quick.json' : 'results.json' };
    }
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
  const { size, scenarios, file } = wish;
  const tell = (line: string) => console.log(line);
  if (scenarios.some(({ ground }) => ground !== 'Sandbox')) {
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
    }
  } finally {
    await rm(tree, { recursive: true });
  }
  tell(`\n${tableOf(figures)}`);
  if (file) {
    const text = JSON.stringify(resultsOf(size, figures), null, 2);
    await writeFile(join(import.meta.dirname, file), `${text}\n`);
  }
  if (figures.some((figure) => figure.depends === 'OnTheCodeAlone' && !isKept(figure))) process.exitCode = 1;
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
