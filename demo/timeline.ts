import type { Paint, Tone } from '../src/cli/view/paint.ts';

/** Who did something, and in which colour that is told. */
const TONES = {
  you: 'cyan',
  'issuing API': 'magenta',
  Vault: 'yellow',
  operator: 'blue',
  consumer: 'green',
  fault: 'red',
} as const satisfies Record<string, Tone>;

/** Who is seen doing something. */
export type Actor = keyof typeof TONES;

/** Tells what happens, while it happens. */
export interface Timeline {
  chapter(title: string): void;
  tell(actor: Actor, text: string): void;
  /** The last line of a terminal: how things stand right now. Nothing elsewhere. */
  standing(text: string): void;
  /** Takes the standing line away. */
  end(): void;
}

/** Where to tell it. */
export interface TimelineOptions {
  readonly write: (text: string) => void;
  readonly paint: Paint;
  /** Of a terminal; undefined elsewhere. */
  readonly columns: (() => number) | undefined;
  /** Milliseconds since the demo began. */
  readonly elapsed: () => number;
}

const CLEAR_LINE = '\r\u001b[2K';
const ACTOR_WIDTH = 11;
const PREFIX_WIDTH = 10 + ACTOR_WIDTH + 1;

/** Appends a line for everything that is told; on a terminal a standing line stays below them. */
export function createTimeline({ write, paint, columns, elapsed }: TimelineOptions): Timeline {
  let standing = '';

  function line(text: string): void {
    write(columns ? `${CLEAR_LINE}${text}\n${standing}` : `${text}\n`);
  }
  return {
    chapter: (title) => line(`\n${paint('bold', title)}`),
    tell(actor, text) {
      const time = `${(elapsed() / 1000).toFixed(2).padStart(7)}s`;
      const who = paint(TONES[actor], actor.padEnd(ACTOR_WIDTH));
      line(`${paint('dim', time)}  ${who} ${columns ? shorten(text, columns() - PREFIX_WIDTH) : text}`);
    },
    standing(text) {
      if (!columns) return;
      standing = paint('dim', shorten(`  ${text}`, columns() - 1));
      write(`${CLEAR_LINE}${standing}`);
    },
    end() {
      if (columns && standing) write(CLEAR_LINE);
      standing = '';
    },
  };
}

/** No timeline at all, for `--json`. */
export const silentTimeline: Timeline = { chapter: () => {}, tell: () => {}, standing: () => {}, end: () => {} };

function shorten(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(width - 1, 20))}…`;
}
