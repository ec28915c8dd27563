import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { createOutput } from '../../../src/cli/output/output.ts';

function printed(format: string, isTerminal = false, environment: { NO_COLOR?: string; TERM?: string } = {}) {
  let text = '';
  const output = createOutput(format, {
    write: (more) => {
      text += more;
    },
    writeAside: () => {},
    isTerminal,
    environment,
  });
  return { output, text: () => text };
}

describe('what a command found out', () => {
  it.each([
    ['text', 'one line\n'],
    ['json', '{\n  "a": "one line"\n}\n'],
    ['yaml', 'a: one line\n'],
  ])('is written as %s', (format, expected) => {
    const { output, text } = printed(format);
    output.say(...(format === 'text' ? [] : ['only for people']));
    output.show({ a: 'one line' }, () => ['one line']);
    expect(text()).toBe(expected);
  });

  it('several times is several documents, which YAML parts', () => {
    const { output, text } = printed('yaml');
    output.showAgain({ a: 1 }, () => []);
    output.showAgain({ a: 2 }, () => []);
    expect(text()).toBe('a: 1\n---\na: 2\n');
  });

  it('replaces what was there on a terminal, and follows it elsewhere', () => {
    const [terminal, pipe] = [printed('text', true), printed('text')];
    for (const { output } of [terminal, pipe]) for (const line of ['a', 'b']) output.showAgain({}, () => [line]);
    expect(terminal.text()).toBe('\u001b[H\u001b[2Ja\n\u001b[H\u001b[2Jb\n');
    expect(pipe.text()).toBe('a\n\nb\n');
  });

  it.each<[string, boolean, { NO_COLOR?: string; TERM?: string }, string]>([
    ['has colours on a terminal', true, {}, '\u001b[32mx\u001b[0m\n'],
    ['has none where NO_COLOR is set', true, { NO_COLOR: '1' }, 'x\n'],
    ['has none on a dumb terminal', true, { TERM: 'dumb' }, 'x\n'],
    ['has none elsewhere', false, {}, 'x\n'],
  ])('%s', (_name, isTerminal, environment, expected) => {
    const { output, text } = printed('text', isTerminal, environment);
    output.show({}, (paint) => [paint('green', 'x')]);
    expect(text()).toBe(expected);
  });

  it.each([
    ['moves the cursor', '\u001b[2Jgone', '\\u001b[2Jgone'],
    ['begins another line', 'a\n✓ all is well\r', 'a\\u000a✓ all is well\\u000d'],
    ['is a control character of eight bits', '\u009b2J', '\\u009b2J'],
    ['turns the direction', 'a\u202eb', 'a\\u202eb'],
  ])('tells what a tenant wrote that %s, and does nothing of it', (_name, written, told) => {
    for (const isTerminal of [true, false]) {
      const { output, text } = printed('text', isTerminal);
      output.say(written);
      output.show({}, (paint) => [paint('red', written)]);
      expect(text()).toBe(isTerminal ? `${told}\n\u001b[31m${told}\u001b[0m\n` : `${told}\n${told}\n`);
    }
  });

  it.each<[string, (text: string) => unknown]>([
    ['json', (text) => JSON.parse(text)],
    ['yaml', (text) => parse(text)],
  ])('is the same in a document of %s, which holds no control character', (format, read) => {
    const { output, text } = printed(format);
    const found = { reason: '\u001b[2J\u009b2J\u007f' };
    output.show(found, () => []);
    expect(text().trimEnd()).not.toMatch(/[^\n\P{Cc}]/u);
    expect(read(text())).toEqual(found);
  });

  it('has none of our tones where there are none', () => {
    const { output, text } = printed('text');
    output.say('\u001b[32mgreen');
    expect(text()).toBe('\\u001b[32mgreen\n');
  });

  it('is refused in a format that there is not', () => {
    expect(() => printed('wide')).toThrow('-o wide is not one of json, yaml');
  });
});
