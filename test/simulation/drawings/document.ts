import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { DRAWINGS } from './all.ts';
import { draw } from './draw.ts';
import type { Drawing } from './drawing.ts';

/** The document that shows the runs. */
export const DOCUMENT = join(import.meta.dirname, '../../../docs/protocol.md');

/** What stands between the markers of a drawing, its id in the first group. */
const PLACES = /(?<=<!-- drawing: ([a-z-]+) -->\n).*?(?=<!-- end of drawing -->)/gs;

/** The document as it is, and as it would be if all were drawn anew; throws where a drawing and its place do not match. */
export async function redraw(): Promise<{ readonly present: string; readonly fresh: string }> {
  const present = await readFile(DOCUMENT, 'utf8');
  const drawn = new Map<string, string>();
  for (const drawing of DRAWINGS) drawn.set(drawing.id, await (drawing.without ? drawMutated : draw)(drawing));
  const fresh = present.replaceAll(PLACES, (_old, id: string) => {
    const picture = drawn.get(id);
    if (picture === undefined)
      throw new Error(`docs/protocol.md has a place for ${id}, which is no drawing left to place`);
    drawn.delete(id);
    return picture;
  });
  if (drawn.size > 0) throw new Error(`docs/protocol.md has no place for ${[...drawn.keys()].join(', ')}`);
  return { present, fresh };
}

const WITHOUT = fileURLToPath(new URL('without.ts', import.meta.url));
const start = promisify(execFile);

/** A mutant takes a process of its own. */
async function drawMutated({ id, without = '' }: Drawing): Promise<string> {
  const { stdout } = await start(process.execPath, [WITHOUT, without, id]);
  return stdout;
}
