import { inspect } from 'node:util';

const REDACTED = '[redacted]';

/** Holds the text of a key. Nothing but `reveal()` gives it out: JSON, inspect and string conversion show `[redacted]`. */
export class SecretValue {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  /** The plaintext. Call it only where the bytes leave for a store or for the issuer, or are hashed. */
  reveal(): string {
    return this.#text;
  }

  toString(): string {
    return REDACTED;
  }

  toJSON(): string {
    return REDACTED;
  }

  [inspect.custom](): string {
    return REDACTED;
  }
}
