import { describe, expect, it } from 'vitest';
import { createSecretInput, type InputStream } from '../../../src/cli/secret-input.ts';

/** Types the chunks on a terminal, or pipes them; tells what was asked and whether echo was on. */
function stream(chunks: readonly string[], isTTY: boolean) {
  const modes: boolean[] = [];
  const input: InputStream = {
    isTTY,
    setRawMode: (isRaw) => modes.push(isRaw),
    async *[Symbol.asyncIterator]() {
      yield* chunks.map((chunk) => Buffer.from(chunk));
    },
  };
  let asked = '';
  const secret = createSecretInput(input, (text) => {
    asked += text;
  });
  return { read: () => secret.read('Key: '), modes, asked: () => asked };
}

describe('a key', () => {
  it.each([
    ['in one piece', ['sk_live_1\r'], 'sk_live_1'],
    ['letter by letter, and corrected', ['s', 'k', 'x', '\u007f', '_', '1', '\r', 'more'], 'sk_1'],
    ['and ended by Ctrl-D', ['sk_1\u0004'], 'sk_1'],
  ])('is typed %s without echo', async (_name, chunks, expected) => {
    const { read, modes, asked } = stream(chunks, true);
    expect((await read()).reveal()).toBe(expected);
    expect([modes, asked()]).toEqual([[true, false], 'Key: \n']);
  });

  it('that is interrupted is none, and echo comes back', async () => {
    const { read, modes } = stream(['sk_\u0003'], true);
    await expect(read()).rejects.toThrow('nothing was delivered');
    expect(modes).toEqual([true, false]);
  });

  it('comes through a pipe with the line end that tools add', async () => {
    const { read, asked } = stream(['sk_li', 've_1\n'], false);
    expect((await read()).reveal()).toBe('sk_live_1');
    expect(asked()).toBe('');
  });

  it('is no flood', async () => {
    await expect(stream(['x'.repeat(70_000)], false).read()).rejects.toThrow('it is too long');
  });
});
