import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Catch } from './hunt.ts';
import { TOP } from './load.ts';
import type { Mutant } from './mutant.ts';

/** What the guard of a mutant said: the plan in which its invariant broke, its test that failed, or that nobody noticed. */
export type Answer =
  | { readonly type: 'Caught'; readonly words: string; readonly plan?: string }
  | { readonly type: 'Survived'; readonly words: string };

const PLAY = fileURLToPath(new URL('play.ts', import.meta.url));
const CONFIG = fileURLToPath(new URL('vitest.config.ts', import.meta.url));
const PRELOAD = new URL('preload.ts', import.meta.url).href;
/** Compiled modules, by their source text: a mutated one is another. A process starts in a quarter of the time with them. */
const CACHE = fileURLToPath(new URL('../../../node_modules/.cache/mutants', import.meta.url));
const VITEST = fileURLToPath(new URL('../../../node_modules/vitest/vitest.mjs', import.meta.url));

/**
 * A process group whose every process ends with the program, or with us, however we end: then the pipe at descriptor 3 closes. What a
 * test has started may be an operator that its mutant, or the end of the test, has left behind.
 */
const LEASHED = '{ cat <&3; kill -KILL 0; } >/dev/null 2>&1 & exec "$@" 3<&-';

/** Runs a mutant's guard in a process of its own. */
export async function ask({ id, guard }: Mutant): Promise<Answer> {
  if ('invariant' in guard) {
    const { output } = await runNode([PLAY, id]);
    return judgeHunt(guard.invariant, parse(output), output);
  }
  const filter = ['-t', guard.name.replace(/[^\w ]/g, '.')];
  const { output } = await runNode([VITEST, 'run', '--config', CONFIG, guard.test, ...filter], id);
  return judgeTest(guard.name, parse(output), output);
}

function judgeHunt(invariant: string, found: unknown, output: string): Answer {
  if (Array.isArray(found)) {
    return { type: 'Survived', words: found.length > 0 ? `${found} broke, not ${invariant}` : 'nothing broke' };
  }
  if (typeof found !== 'object' || found === null) return { type: 'Survived', words: output };
  const { plan, broken } = found as Catch;
  return { type: 'Caught', plan, words: `${invariant} in ${plan}: ${broken}` };
}

function judgeTest(name: string, failed: unknown, output: string): Answer {
  if (Array.isArray(failed) && failed.includes(name)) return { type: 'Caught', words: `test "${name}"` };
  return { type: 'Survived', words: `"${name}" did not fail: ${output}` };
}

function parse(output: string): unknown {
  try {
    return JSON.parse(output);
  } catch {
    return undefined;
  }
}

/** All that a process of Node says. Its own processes get the mutant too; the variables of our test runner are kept from it. */
function runNode(args: readonly string[], mutant?: string): Promise<{ readonly output: string }> {
  const ours = Object.entries(process.env).filter(([name]) => !/^(VITEST|VITE_|TEST|NODE_ENV)/.test(name));
  const env = {
    ...Object.fromEntries(ours),
    NODE_COMPILE_CACHE: CACHE,
    ...(mutant && { MUTANT: mutant, NODE_OPTIONS: `--import=${PRELOAD}` }),
  };
  return new Promise((resolve) => {
    const child = spawn('sh', ['-c', LEASHED, 'sh', process.execPath, ...args], {
      cwd: TOP,
      env,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    });
    let [output, errors] = ['', ''];
    child.stdout?.on('data', (chunk) => (output += chunk));
    child.stderr?.on('data', (chunk) => (errors += chunk));
    child.on('exit', () => child.stdio[3]?.destroy());
    child.on('close', () => resolve({ output: output || errors }));
  });
}
