import { stringify } from 'yaml';
import { usageError } from '../exit.ts';
import { createPaint, type Paint } from '../view/paint.ts';
import { paintedLine, plainDocument, plainLine } from './plain.ts';

/** Where what a command says goes, and how it is written. */
export interface Output {
  readonly paint: Paint;
  /** Lines of text; nothing is said of them with `-o json` and `-o yaml`. */
  say(...lines: readonly string[]): void;
  /** What a command found out: as a document with `-o json` and `-o yaml`, else as the text. */
  show(document: object, text: (paint: Paint) => readonly string[]): void;
  /** As `show`; on a terminal what was shown before is replaced. */
  showAgain(document: object, text: (paint: Paint) => readonly string[]): void;
  /** Aside: for people, also where standard output goes to a program. */
  warn(line: string): void;
}

/** The streams, and what is known of them. */
export interface OutputOptions {
  readonly write: (text: string) => void;
  readonly writeAside: (text: string) => void;
  readonly isTerminal: boolean;
  readonly environment: { readonly NO_COLOR?: string | undefined; readonly TERM?: string | undefined };
}

const FORMATS = ['text', 'json', 'yaml'] as const;

/** Throws CommandError for a format that there is not. */
export function createOutput(format: string, { write, writeAside, isTerminal, environment }: OutputOptions): Output {
  if (!FORMATS.some((known) => known === format)) throw usageError(`-o ${format} is not one of json, yaml`);
  const paint = createPaint(isTerminal && environment.TERM !== 'dumb', environment);
  const isPainted = paint('bold', '') !== '';
  const toLine = isPainted ? paintedLine : plainLine;
  let shown = 0;

  function document(found: object): void {
    if (format === 'json') write(plainDocument(`${JSON.stringify(found, undefined, 2)}\n`));
    else write(plainDocument(`${shown === 0 ? '' : '---\n'}${stringify(found, { lineWidth: 0 })}`));
    shown += 1;
  }
  function lines(texts: readonly string[]): void {
    write(texts.map((line) => `${toLine(line)}\n`).join(''));
  }
  return {
    paint,
    say: (...texts) => {
      if (format === 'text') lines(texts);
    },
    show(found, text) {
      if (format === 'text') lines(text(paint));
      else document(found);
    },
    showAgain(found, text) {
      if (format !== 'text') return document(found);
      // Home, and what is below it away: the scrollback keeps what was there before.
      if (isTerminal) write('\u001b[H\u001b[2J');
      else if (shown > 0) write('\n');
      lines(text(paint));
      shown += 1;
    },
    warn: (line) => writeAside(`${plainLine(line)}\n`),
  };
}
