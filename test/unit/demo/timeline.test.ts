import { describe, expect, it } from 'vitest';
import { createTimeline } from '../../../demo/timeline.ts';
import { createPaint } from '../../../src/cli/view/paint.ts';

function told(columns?: number) {
  const written: string[] = [];
  const timeline = createTimeline({
    write: (text) => written.push(text),
    paint: createPaint(columns !== undefined, { NO_COLOR: '1' }),
    columns: columns === undefined ? undefined : () => columns,
    elapsed: () => 12_345,
  });
  return { timeline, text: () => written.join('') };
}

describe('the timeline', () => {
  it('is plain whole lines where there is no terminal', () => {
    const { timeline, text } = told();
    timeline.chapter('1. The first key');
    timeline.tell('Vault', 'x'.repeat(300));
    timeline.standing('5 calls');
    timeline.end();
    expect(text()).toBe(`\n1. The first key\n  12.35s  Vault       ${'x'.repeat(300)}\n`);
  });

  it('keeps the standing line last on a terminal, and no line wider than it', () => {
    const { timeline, text } = told(60);
    timeline.standing('5 calls');
    timeline.tell('Vault', 'x'.repeat(300));
    timeline.end();
    const lines = text().split('\n');
    expect(lines.at(-1)).toBe('  5 calls\r\u001b[2K');
    for (const line of lines) expect(line.split('\u001b[2K').at(-1)?.length).toBeLessThanOrEqual(60);
  });

  it('has colours on a terminal only, and none where they are not wanted', () => {
    expect(createPaint(true, {})('red', 'no')).toBe('\u001b[31mno\u001b[0m');
    expect(createPaint(true, { NO_COLOR: '1' })('red', 'no')).toBe('no');
    expect(createPaint(false, {})('red', 'no')).toBe('no');
  });
});
