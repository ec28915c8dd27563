import { MUTANTS } from '../mutants/all.ts';
import { loadMutated } from '../mutants/load.ts';

/** A process of its own, in which one mutant is loaded and a drawing drawn: `node without.ts C two-keys`; prints it. */
const [, , mutantID, drawingID] = process.argv;

const mutant = MUTANTS.find(({ id }) => id === mutantID);
if (!mutant) throw new Error(`there is no mutant ${mutantID}`);
// A bug may leave a promise alone; what matters is what it does to the world.
process.on('unhandledRejection', () => {});
loadMutated(mutant);
const [{ DRAWINGS }, { draw }] = await Promise.all([import('./all.ts'), import('./draw.ts')]);
const drawing = DRAWINGS.find(({ id }) => id === drawingID);
if (!drawing) throw new Error(`there is no drawing ${drawingID}`);
process.stdout.write(await draw(drawing));
