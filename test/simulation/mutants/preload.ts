import { MUTANTS } from './all.ts';
import { loadMutated } from './load.ts';

/** For processes that a test starts: `MUTANT=M30 node --import …/preload.ts src/main.ts`. */
const mutant = MUTANTS.find(({ id }) => id === process.env.MUTANT);
if (mutant) loadMutated(mutant);
