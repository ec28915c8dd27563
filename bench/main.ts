import '../bin/require-node.js';
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildComponents } from '../test/e2e/components/build.ts';
import { startWorld } from '../test/e2e/world/world.ts';
import { type Figure, isKept, tableOf } from './figures.ts';
import { run, type Size } from './run.ts';

const TOP = join(import.meta.dirname, '..');
const USAGE = `usage: npm run bench [-- --quick]
  Floor and operator in turn against the real components. Prints a table and writes bench/results.json.
  --quick  scenarios a, c, e with few rotations, for CI; fails where a figure that depends on the code alone misses its limit
`;

/** How much is done. */
const SIZES: Readonly<Record<'quick' | 'full', Size>> = {
  quick: { dueAtOnce: 100, rounds: 1, idle: 300, reactions: 10 },
  full: { dueAtOnce: 1_000, rounds: 3, idle: 10_000, reactions: 100 },
};

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false } }, allowPositionals: false });
  const tell = (line: string) => console.log(line);
  await buildComponents(tell, ['kube-apiserver', 'etcd', 'vault']);
  tell('laying out what the image holds');
  const tree = await mkdtemp(join(tmpdir(), 'bench-'));
  execFileSync(process.execPath, ['scripts/image-tree.ts', tree], { cwd: TOP });
  const revocations: number[] = [];
  const world = await startWorld({
    audited: false,
    program: ['--enable-source-maps', join(tree, 'dist/main.js')],
    onEntry: ({ type }) => {
      if (type === 'revoked') revocations.push(performance.now());
    },
  });
  let figures: readonly Figure[];
  try {
    figures = await run(world, { size: SIZES[values.quick ? 'quick' : 'full'], revocations, tell });
  } finally {
    await world.close();
    await rm(tree, { recursive: true });
  }
  tell(`\n${tableOf(figures)}`);
  const machine = { cores: cpus().length, model: cpus()[0]?.model ?? '', node: process.version };
  const results = { date: new Date().toISOString(), size: values.quick ? 'quick' : 'full', machine, figures };
  const file = values.quick ? 'results-quick.json' : 'results.json';
  await writeFile(join(import.meta.dirname, file), `${JSON.stringify(results, null, 2)}\n`);
  const missed = figures.filter((figure) => figure.depends === 'OnTheCodeAlone' && !isKept(figure));
  if (missed.length > 0) process.exitCode = 1;
}

main().catch((error: unknown) => {
  console.error(error instanceof Error && error.message.startsWith('Unknown option') ? USAGE : error);
  process.exitCode = 1;
});
