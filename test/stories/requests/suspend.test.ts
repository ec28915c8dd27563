import { describe, expect, test } from 'vitest';
import { begin } from '../world/story.ts';
import { PODS } from '../world/world.ts';

const HOUR_MS = 3_600_000;

describe('suspend', () => {
  const phases = {
    'before the first issue': undefined,
    issuing: 'issuer issue',
    publishing: 'store write',
    'consumers moving': 'kube LIST pods',
    revoking: 'issuer get',
  };

  test.each(Object.entries(phases))('%s: nothing begins, and resuming goes on', async (_phase, call) => {
    let suspendAfter: string | undefined;
    const story = begin({
      spec: call === undefined ? { suspend: true } : {},
      afterEach({ calls }) {
        if (suspendAfter === undefined || calls.at(-1) !== suspendAfter) return;
        suspendAfter = undefined;
        story.change({ suspend: true });
      },
    });
    if (call === undefined) story.create();
    else await story.firstKey();
    story.consume(...PODS);
    suspendAfter = call;
    if (call !== undefined) story.annotate({ rotate: 'a' });
    await story.told('Suspended');
    const before = story.world.calls.length;
    await story.pass(HOUR_MS);
    expect(effects(story.world.calls.slice(before))).toEqual([]);
    story.change({ suspend: false });
    await story.done(call === undefined ? 1 : 2);
    expect(story.issued()).toBe(call === undefined ? 1 : 2);
    expect(story.wrong()).toEqual([]);
  });
});

/** Calls that change something outside. */
function effects(calls: readonly string[]): string[] {
  return calls.filter((call) => ['issuer issue', 'issuer revoke', 'store write'].includes(call));
}
