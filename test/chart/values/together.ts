import { merged, nested } from './leaves.ts';
import { ROWS } from './rows/all.ts';

/** Every value that goes with all others, changed in one release. */
export const TOGETHER = Object.entries(ROWS)
  .filter(([, { alone }]) => alone === undefined)
  .reduce((values, [path, { set }]) => merged(values, nested(path, set)), {});
