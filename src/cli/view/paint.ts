/** A colour or weight of the terminal. */
export type Tone = 'plain' | 'dim' | 'bold' | 'green' | 'yellow' | 'red' | 'cyan' | 'magenta' | 'blue';

/** Gives a text a tone, where there are tones. */
export type Paint = (tone: Tone, text: string) => string;

const CODES: Readonly<Record<Tone, number>> = {
  plain: 0,
  bold: 1,
  dim: 2,
  red: 31,
  green: 32,
  yellow: 33,
  blue: 34,
  magenta: 35,
  cyan: 36,
};

const sequence = (code: number) => `\u001b[${code}m`;

/** All that paint adds to a text. */
export const TONES: ReadonlySet<string> = new Set(Object.values(CODES).map(sequence));

/** Colours for a terminal, unless the user wants none (no-color.org); plain texts elsewhere. */
export function createPaint(isTerminal: boolean, environment: { readonly NO_COLOR?: string | undefined }): Paint {
  const isPlain = !isTerminal || Boolean(environment.NO_COLOR);
  return (tone, text) => (isPlain || tone === 'plain' ? text : sequence(CODES[tone]) + text + sequence(CODES.plain));
}
