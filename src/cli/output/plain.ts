import { TONES } from '../view/paint.ts';

/** Control characters, a tone of ours in one piece, and what turns the direction of the text that follows. */
const CONTROL = /\p{Cc}(?:\[\d{1,2}m)?|[\u202a-\u202e\u2066-\u2069]/gu;

/** One line for a terminal. Tenants write reasons, names and messages: none of those does more there than to be read. */
export function plainLine(text: string): string {
  return text.replaceAll(CONTROL, escaped);
}

/** As `plainLine`, of a line that was painted: our tones stay. */
export function paintedLine(text: string): string {
  return text.replaceAll(CONTROL, (found) => (TONES.has(found) ? found : escaped(found)));
}

/** A document of JSON or YAML, neither of which escapes the control characters of eight bits by itself, though it quotes them. */
export function plainDocument(text: string): string {
  return text.replaceAll(/[\u007f-\u009f]/g, escaped);
}

/** The first letter as JSON writes it. */
function escaped(found: string): string {
  return `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}${found.slice(1)}`;
}
