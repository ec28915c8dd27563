import { expect, test } from 'vitest';
import { createWork } from '../../../src/operator/work-while-leading.ts';
import type { Controller } from '../../../src/runtime/controller.ts';
import { alwaysLeading, type Leadership } from '../../../src/runtime/leader-election/leadership.ts';

const NOON = Date.UTC(2030, 0, 1, 12);

function setUp(leadership?: Leadership) {
  const did: string[] = [];
  let tell = (_leads: boolean) => {};
  let now = NOON;
  const controller: Controller = {
    name: 'rotation',
    depth: () => 0,
    enqueue() {},
    enqueueAfter() {},
    start: () => did.push('start'),
    pause: () => did.push('pause'),
    stop: async () => {},
  };
  const elected: Leadership = { elected: true, holds: () => true, onChange: (listener) => (tell = listener) };
  const work = createWork({
    leadership: leadership ?? elected,
    controllers: [controller],
    serverTime: { lowerBound: () => now, upperBound: () => now, observe() {} },
  });
  return { work, did, tell: (leads: boolean) => tell(leads), at: (time: number) => (now = time) };
}

test('the controllers work in each term and rest between two, and facts say since when this process leads', () => {
  const { work, did, tell, at } = setUp();
  work.begin();
  expect([did, work.leadsSince()]).toEqual([[], undefined]);
  tell(true);
  expect([did, work.leadsSince()]).toEqual([['start'], '2030-01-01T12:00:00Z']);
  tell(false);
  at(NOON + 60_000);
  tell(true);
  expect([did, work.leadsSince()]).toEqual([['start', 'pause', 'start'], '2030-01-01T12:01:00Z']);
});

test('without an election they work at once, and nobody is known to have left', () => {
  const { work, did } = setUp(alwaysLeading);
  work.begin();
  expect([did, work.leadsSince()]).toEqual([['start'], undefined]);
});
