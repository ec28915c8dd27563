import { expect, onTestFinished, test } from 'vitest';
import type { FollowedRotations } from '../../bench/followed-rotations.ts';
import { reportUntilDone } from '../../bench/reporting.ts';
import { listen } from '../../sandbox/listen.ts';
import type { Rotation } from '../e2e/world/tenant.ts';

test('the pods of the bench report from addresses of their own, each again when it is turned away', async () => {
  const askedFrom: string[] = [];
  const server = await listen(({ socket }, answer) => {
    askedFrom.push(socket.remoteAddress ?? '');
    answer.writeHead(askedFrom.length === 1 ? 429 : 200, { 'retry-after': '0' }).end();
  });
  onTestFinished(() => server.close());
  const names = ['key-0', 'key-1'];
  const { followed, show } = followedByHand();
  const done = reportUntilDone(followed, names.map(memberOf), {
    revision: 2,
    reportsURL: server.url,
  });
  for (const name of names) show(name, { publishedAt: 'now', newKey: { fingerprint: 'new' }, oldKey: {} });
  await expect.poll(() => askedFrom.length, { timeout: 10_000 }).toBe(3);
  for (const name of names) show(name, undefined);
  expect((await done).refused).toEqual({ 429: 1 });
  expect(new Set(askedFrom)).toEqual(new Set(['127.0.1.1', '127.0.1.2']));
});

function memberOf(name: string) {
  return { namespace: 'team', name, podName: name, podToken: 'token' };
}

/** Rotations whose statuses a test shows one by one. */
function followedByHand() {
  const seen: ((rotation: Rotation) => void)[] = [];
  const followed: FollowedRotations = {
    onChange(listener) {
      seen.push(listener);
      return () => {};
    },
    close: async () => {},
  };
  const show = (name: string, rotation: object | undefined) => {
    const shown = { metadata: { namespace: 'team', name }, status: { revision: 2, rotation } } as Rotation;
    for (const listener of seen) listener(shown);
  };
  return { followed, show };
}
