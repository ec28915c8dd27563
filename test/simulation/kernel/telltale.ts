import { KEY_CHARACTERS } from '../../../sandbox/apio/engine/apio-engine.ts';

/**
 * Keys of this world are made of four letters that stand together nowhere else, so that any dozen of them gives a key away, however
 * it is cut or encoded.
 */
const LETTERS = 'QXZJ';

/** Numbers by which the issuing API's engine makes such keys. */
export function telltale(random: () => number): () => number {
  return () => {
    const letter = LETTERS.charAt(Math.floor(random() * LETTERS.length));
    return (KEY_CHARACTERS.indexOf(letter) + 0.5) / KEY_CHARACTERS.length;
  };
}

/** Twelve letters of a key one after the other: as they are, in base64 of either alphabet from any of its three alignments, in hex. */
const PIECE = /[QXZJ]{12}|(?:[UWS][VFlUEk][Fhp][RYaK]){3}|(?:51|58|5[aA]|4[aA]){12}/;

const PIECE_LENGTH = 12;

/** Whether a text holds a key, or a piece of one. */
export function givesAway(text: string): boolean {
  return text.length >= PIECE_LENGTH && PIECE.test(text);
}
