import type { Entry } from '../ledger/ledger.ts';
import type { Drawing, Played } from './drawing.ts';
import { linesOf } from './entry-lines.ts';
import { type Line, note } from './line.ts';
import { type Names, namesIn } from './names.ts';
import { pastOf } from './past.ts';

/** A pause this long is told. */
const GAP_MS = 20_000;

/** The rows of a sequence diagram: every effect of a story, and of what is only asked that which its steps consist of. */
export function sketch({ entries, begin, broken }: Played, { id, shows, until }: Drawing): Line[] {
  const names = namesIn(entries);
  const lines = allLines(entries, begin, names);
  const end = until ? lines.findIndex(({ text }) => until.test(text)) + 1 : lines.length;
  const drawn = lines.slice(0, end);
  const last = drawn.at(-1);
  if (last?.type === 'Arrow') {
    const over = [last.from, last.to];
    if (end < lines.length) drawn.push(note(over, 'and so on'));
    for (const words of broken.slice(0, 1)) drawn.push(note(over, `broken, ${names.inWords(words)}`));
  }
  if (!drawn.some(({ text }) => shows.test(text))) throw new Error(`the drawing ${id} does not show ${shows}`);
  return drawn;
}

function allLines(entries: readonly Entry[], begin: number, names: Names): Line[] {
  const lines: Line[] = [];
  let drawnAt: number | undefined;
  for (const [index, entry] of entries.entries()) {
    const added = index < begin ? [] : linesOf(entry, pastOf(entries.slice(0, index)), names);
    if (added.length === 0) continue;
    for (const line of [...gap(entry.at - (drawnAt ?? entry.at), added[0]), ...added]) append(lines, line);
    drawnAt = entry.at;
  }
  return lines;
}

function gap(ms: number, next: Line | undefined): Line[] {
  if (ms < GAP_MS || !next) return [];
  const text = ms < 100_000 ? `${Math.round(ms / 10_000) * 10} s later` : `${Math.round(ms / 60_000)} min later`;
  return [note(next.type === 'Arrow' ? [next.from] : next.over.slice(0, 1), text)];
}

/** Several reports, or tries, in a row are one row. */
function append(lines: Line[], line: Line): void {
  if (JSON.stringify(line) !== JSON.stringify(lines.at(-1))) lines.push(line);
}
