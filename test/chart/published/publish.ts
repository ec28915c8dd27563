import { execFileSync, spawnSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, symlink, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { parse } from 'yaml';
import { programPath } from '../../e2e/components/locate.ts';
import { writeDoubles } from './doubles.ts';

const TOP = join(import.meta.dirname, '../../..');

/** What the publishing job did, up to its end or the step that failed. */
export interface Published {
  /** The step that failed, and what it printed. */
  readonly problem: string | undefined;
  /** Lines of what it called that reaches outside and was not refused, each a program with its arguments. */
  readonly calls: readonly string[];
  /** The clone that it ran in. */
  readonly clone: string;
  /** Where that is which registries hold now. */
  readonly pushed: string;
}

interface Step {
  readonly name?: string;
  readonly id?: string;
  readonly run?: string;
  readonly env?: Texts;
}

type Texts = Readonly<Record<string, string>>;

/**
 * Runs the steps of the release workflow's publishing job in a clone below `folder`, as its runner does, but for the actions:
 * what they install is here. `said` are values of expressions, as of `vars.IMAGE_REPOSITORY`; `date` stands in the changelog. The call
 * that begins with `refused` fails. What was pushed stays in `folder` for the next run.
 */
export async function publish(folder: string, said: Texts, date: string, refused = ''): Promise<Published> {
  const run = await mkdtemp(join(folder, 'run-'));
  const [clone, doubles, calls] = [join(run, 'clone'), join(run, 'doubles'), join(run, 'calls')];
  const pushed = join(folder, 'pushed');
  await mkdir(pushed, { recursive: true });
  await cloneTo(clone, date);
  await writeDoubles(doubles);
  await writeFile(calls, '');
  const { jobs } = parse(await readFile(join(TOP, '.github/workflows/release.yml'), 'utf8'));
  const { env: shared, steps }: { env: Texts; steps: readonly Step[] } = jobs.publish;
  const { version } = JSON.parse(await readFile(join(TOP, 'package.json'), 'utf8'));
  const runner = {
    ...process.env,
    ...{
      CALLS: calls,
      PUSHED: pushed,
      REFUSED: refused,
      REAL_HELM: programPath('helm'),
      REAL_NPM: execFileSync('which', ['npm'], { encoding: 'utf8' }).trim(),
    },
    ...{
      GITHUB_REF_NAME: `v${version}`,
      GITHUB_REF: `refs/tags/v${version}`,
      GITHUB_SHA: '0'.repeat(40),
      GITHUB_OUTPUT: join(run, 'output'),
    },
    PATH: [doubles, dirname(process.execPath), process.env.PATH].join(delimiter),
  };
  let known = said;
  let problem: string | undefined;
  for (const { name, id, run: script, env } of steps.filter((step) => step.run)) {
    await writeFile(runner.GITHUB_OUTPUT, '');
    const shell = ['--noprofile', '--norc', '-eo', 'pipefail', '-c', script ?? ''];
    const options = {
      cwd: clone,
      env: { ...runner, ...filledIn({ ...shared, ...env }, known) },
      encoding: 'utf8',
    } as const;
    const { status, stdout, stderr } = spawnSync('bash', shell, options);
    if (status !== 0) {
      problem = `${name}: ${stdout}${stderr}`;
      break;
    }
    known = { ...known, ...(await outputsOf(id, runner.GITHUB_OUTPUT)) };
  }
  return { problem, clone, pushed, calls: await linesOf(calls) };
}

/** With what a test says, or a step put out, in place of `${{ expressions }}`. */
function filledIn(env: Texts, known: Texts): Texts {
  const value = (_all: string, expression: string) => {
    const text = known[expression];
    if (text === undefined) throw new Error(`nothing says what ${expression} is`);
    return text;
  };
  return Object.fromEntries(
    Object.entries(env).map(([name, text]) => [name, text.replace(/\$\{\{ (\S+) \}\}/g, value)]),
  );
}

async function outputsOf(id: string | undefined, file: string): Promise<Texts> {
  const pairs = (await linesOf(file)).map((line) => /^(\w+)=(.*)$/.exec(line) ?? []);
  return Object.fromEntries(pairs.map(([, name, value = '']) => [`steps.${id}.outputs.${name}`, value]));
}

const linesOf = async (file: string) => (await readFile(file, 'utf8')).split('\n').filter((line) => line !== '');

/** What git has of this tree, as it is now, and a changelog with a date. */
async function cloneTo(clone: string, date: string): Promise<void> {
  const list = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
  const files = execFileSync('git', list, { cwd: TOP, encoding: 'utf8' }).split('\0').filter(Boolean);
  await Promise.all(files.map((file) => cp(join(TOP, file), join(clone, file), { verbatimSymlinks: true })));
  await symlink(join(TOP, 'node_modules'), join(clone, 'node_modules'));
  const changelog = join(clone, 'CHANGELOG.md');
  await writeFile(changelog, (await readFile(changelog, 'utf8')).replace(/^## (\S+).*/m, `## $1 (${date})`));
}
