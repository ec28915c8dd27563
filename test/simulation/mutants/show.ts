import { INVARIANTS } from '../invariants/all.ts';
import { MUTANTS } from './all.ts';
import { catchAll, type Fate } from './catch.ts';

/** Sends every mutant to its guard and prints the list. @returns how many survived */
export async function showMutants(): Promise<number> {
  const fates: Fate[] = [];
  await catchAll(MUTANTS, (fate) => {
    fates.push(fate);
    console.log(line(fate));
  });
  const survivors = fates.filter(({ answer }) => answer.type === 'Survived');
  console.log(`\n${fates.length} mutants, ${survivors.length} survived`);
  for (const invariant of invariantIDs()) console.log(`${invariant.padEnd(5)} ${breakers(invariant)}`);
  return survivors.length;
}

function line({ mutant: { id, says }, answer: { type, words }, seconds }: Fate): string {
  const fate = type === 'Caught' ? words.split(': ')[0] : `SURVIVED: ${words}`;
  return `${id.padEnd(4)} ${seconds.toFixed(1).padStart(5)} s  ${says}\n              ${fate}`;
}

/** Every invariant in the order of the design, those that are asked at rest too: AUDIT, that the audit tells what was done. */
export function invariantIDs(): string[] {
  const ids = [...INVARIANTS.map(({ id }) => id), 'S2', 'AUDIT'];
  return [...new Set(ids)].sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
}

/** The mutants that break an invariant. */
export function breakers(invariant: string): string {
  return MUTANTS.filter(({ guard }) => 'invariant' in guard && guard.invariant === invariant)
    .map(({ id }) => id)
    .join(' ');
}
