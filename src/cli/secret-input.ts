import { SecretValue } from '../key/secret-value.ts';
import { CommandError, EXIT } from './exit.ts';

/** Where the text of a key is typed or piped in: never an argument, which every process of the machine can read. */
export interface SecretInput {
  /** Asks with `prompt` on a terminal, without echo; elsewhere reads to the end. */
  read(prompt: string): Promise<SecretValue>;
}

/** As much of process.stdin as is needed. */
export interface InputStream extends AsyncIterable<Buffer | string> {
  readonly isTTY?: boolean | undefined;
  setRawMode?(isRaw: boolean): unknown;
}

const MAX_LENGTH = 64 * 1024;
const CTRL_C = '\u0003';
const CTRL_D = '\u0004';
const BACKSPACE = new Set(['\u007f', '\b']);

/** `ask` writes the prompt, beside standard output. */
export function createSecretInput(stream: InputStream, ask: (text: string) => void): SecretInput {
  return {
    async read(prompt) {
      const text = stream.isTTY ? await typed(stream, ask, prompt) : await piped(stream);
      return new SecretValue(text.trim());
    },
  };
}

async function piped(stream: InputStream): Promise<string> {
  let text = '';
  for await (const chunk of stream) {
    text += String(chunk);
    if (text.length > MAX_LENGTH)
      throw new CommandError(EXIT.usage, 'what comes through standard input is no key: it is too long');
  }
  return text;
}

async function typed(stream: InputStream, ask: (text: string) => void, prompt: string): Promise<string> {
  ask(prompt);
  stream.setRawMode?.(true);
  try {
    let text = '';
    for await (const chunk of stream) {
      for (const letter of String(chunk)) {
        if (letter === CTRL_C) throw new CommandError(EXIT.failed, 'nothing was delivered');
        if (letter === '\r' || letter === '\n' || letter === CTRL_D) return text;
        text = BACKSPACE.has(letter) ? text.slice(0, -1) : text + letter;
      }
    }
    return text;
  } finally {
    stream.setRawMode?.(false);
    ask('\n');
  }
}
