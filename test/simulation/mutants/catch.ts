import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Catch } from './hunt.ts';
import type { Guard, Mutant } from './mutant.ts';

/** What became of one mutant. `plan`: the one in which the invariant broke. */
export interface Fate {
  readonly mutant: Mutant;
  readonly plan: string | undefined;
  /** What the guard said, or why nobody noticed. */
  readonly words: string;
  readonly caught: boolean;
  readonly seconds: number;
}

const PLAY = fileURLToPath(new URL('play.ts', import.meta.url));
/** Processes at a time. */
const AT_ONCE = 2;

/** Sends mutants to their guards, in processes of their own; told of each as soon as it is known. */
export async function catchAll(mutants: readonly Mutant[], onFate: (fate: Fate) => void): Promise<void> {
  const waiting = [...mutants];
  const work = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) onFate(await catchOne(next));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}

async function catchOne(mutant: Mutant): Promise<Fate> {
  const started = performance.now();
  const { plan, words, caught } = judge(mutant.guard, await play(mutant.id));
  return { mutant, plan, words, caught, seconds: (performance.now() - started) / 1_000 };
}

function judge(guard: Guard, output: string): Pick<Fate, 'plan' | 'words' | 'caught'> {
  const found = parse(output);
  if (found === undefined) return { plan: undefined, words: output, caught: false };
  if ('plan' in found) return { plan: found.plan, words: found.broken, caught: true };
  const others = found.length > 0 ? `${found} broke, not ${guard.invariant}` : 'nothing broke';
  return { plan: undefined, words: others, caught: false };
}

function parse(output: string): Catch | readonly string[] | undefined {
  try {
    return JSON.parse(output);
  } catch {
    return undefined;
  }
}

/** All that the process of a mutant says. */
function play(id: string): Promise<string> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [PLAY, id], { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
    child.on('close', () => resolve(output));
  });
}
