import { describe, expect, it } from 'vitest';
import { readOptions } from '../../../demo/options.ts';

const nothing = { json: false, fast: false, keep: false, fault: undefined };

describe('the command line of the demo', () => {
  it.each([
    ['nothing: the readable story', [], nothing],
    ['flags in any order', ['--json', '--fast'], { ...nothing, json: true, fast: true }],
    ['a fault', ['--fault', 'revoke-early'], { ...nothing, fault: 'revoke-early' }],
    ['a fault after an equals sign', ['--fault=leak-log'], { ...nothing, fault: 'leak-log' }],
    ['to keep everything', ['--keep'], { ...nothing, keep: true }],
  ])('takes %s', (_case, args, options) => {
    expect(readOptions(args)).toEqual({ type: 'Run', options });
  });

  it.each([
    ['a flag that it does not know', ['--quick'], '--quick'],
    ['a fault that it does not know', ['--fault', 'fire'], '--fault fire is none of revoke-early, leak-log'],
    ['a fault without a name', ['--fault'], '--fault'],
    ['a word', ['all'], 'all'],
    ['one document and lines to paste at once', ['--json', '--keep'], '--json and --keep exclude each other'],
  ])('refuses %s by name', (_case, args, problem) => {
    expect(readOptions(args)).toEqual({ type: 'Wrong', problem: expect.stringContaining(problem) });
  });

  it('explains itself', () => {
    expect(readOptions(['--help'])).toEqual({ type: 'Help' });
  });
});
