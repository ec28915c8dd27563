import { MUTANTS } from './all.ts';
import { loadMutated } from './load.ts';

/** A process of its own, in which one mutant is loaded and hunted: `node play.ts M1`; prints what was found as JSON. */
const [, , id = ''] = process.argv;
const LIMIT_MS = 60_000;

const mutant = MUTANTS.find((each) => each.id === id);
if (!mutant || !('invariant' in mutant.guard)) throw new Error(`no mutant ${id} is for an invariant`);
// A bug may leave a promise alone; what matters is what it does to the world.
process.on('unhandledRejection', () => {});
loadMutated(mutant);
const { hunt } = await import('./hunt.ts');
console.log(JSON.stringify(await hunt(mutant.guard.invariant, mutant.guard.plan, LIMIT_MS)));
