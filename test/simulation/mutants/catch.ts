import { type Answer, ask } from './children.ts';
import type { Mutant } from './mutant.ts';

/** What became of one mutant. */
export interface Fate {
  readonly mutant: Mutant;
  readonly answer: Answer;
  readonly seconds: number;
}

/** Processes at a time. */
const AT_ONCE = 2;

/** Sends mutants to their guards; told of each as soon as it is known. */
export async function catchAll(mutants: readonly Mutant[], onFate: (fate: Fate) => void): Promise<void> {
  // Tests wait in real time: they begin first.
  const turnOf = ({ guard }: Mutant) => ('test' in guard ? 0 : 1);
  const waiting = mutants.toSorted((a, b) => turnOf(a) - turnOf(b));
  const work = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) onFate(await fateOf(next));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}

async function fateOf(mutant: Mutant): Promise<Fate> {
  const started = performance.now();
  const answer = await ask(mutant);
  return { mutant, answer, seconds: (performance.now() - started) / 1_000 };
}
