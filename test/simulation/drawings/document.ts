import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DRAWINGS } from './all.ts';
import { playDrawing } from './drawing.ts';
import { mermaid } from './mermaid.ts';
import { sketch } from './sketch.ts';

/** The document that shows the runs. */
export const DOCUMENT = join(import.meta.dirname, '../../../docs/protocol.md');

/** What stands between the markers of a drawing, its id in the first group. */
const PLACES = /(?<=<!-- drawing: ([a-z-]+) -->\n).*?(?=<!-- end of drawing -->)/gs;

/** The document as it is, and as it would be if all were drawn anew; throws where a drawing and its place do not match. */
export async function redraw(): Promise<{ readonly present: string; readonly fresh: string }> {
  const present = await readFile(DOCUMENT, 'utf8');
  const drawn = new Map<string, string>();
  for (const drawing of DRAWINGS) {
    const played = await playDrawing(drawing);
    drawn.set(drawing.id, block(mermaid(sketch(played, drawing)), played.planID));
  }
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

function block(picture: string, planID: string): string {
  return `\n\`\`\`mermaid\n${picture}\n\`\`\`\n\nAll of it: \`npm run simulate -- --plan ${planID}\`\n\n`;
}
