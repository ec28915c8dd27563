import { type Drawing, playDrawing } from './drawing.ts';
import { mermaid } from './mermaid.ts';
import { sketch } from './sketch.ts';

/** Plays a drawing, and draws it as Markdown, with the command that plays it again where that command does. */
export async function draw(drawing: Drawing): Promise<string> {
  const played = await playDrawing(drawing);
  const picture = `\n\`\`\`mermaid\n${mermaid(sketch(played, drawing))}\n\`\`\`\n\n`;
  return drawing.without ? picture : `${picture}All of it: \`npm run simulate -- --plan ${played.planID}\`\n\n`;
}
