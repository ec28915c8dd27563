import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ONE_CONSUMER, type OperatorWorld, startOperatorWorld } from './operator-world.ts';
import { type CallOptions, callPlugin } from './plugin.ts';

let world: OperatorWorld;
const call = (words: string | readonly string[], options?: CallOptions) => callPlugin(world.kubeServer, words, options);

beforeAll(async () => {
  world = await startOperatorWorld();
  world.apply(ONE_CONSUMER);
  await world.until('the first key', ({ status }) => !!status?.current && !status.rotation);
});
afterAll(() => world.close());

describe('kubectl apikey, with an operator at work', () => {
  test('a first key is told of, and how it came about', async () => {
    const keyID = world.rotation()?.status?.current?.keyID;
    expect((await call('list')).out).toMatch(new RegExp(`^NAME .*\napio +Settled +Settled +${keyID} `));
    const { code, out } = await call('status apio');
    expect(code).toBe(0);
    expect(out).toMatch(new RegExp(`Key +${keyID} .*\n\n.*✓ begun +.* revision 1, FirstIssue\n`));
    expect((await call('list -A')).out).toMatch(/^NAMESPACE .*\npayments +apio /);
  });

  test('another key is asked for, and the answer of the operator told', async () => {
    expect(await call(['rotate', 'apio', '--reason', 'laptop lost'])).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^asked for another key \(rotate \d+\)\nrevision 2 has begun\n$/),
    });
    const { status } = await world.until('published', ({ status }) => !!status?.rotation?.publishedAt);
    expect(status?.rotation?.reason).toBe('laptop lost');
  });

  test('what comes too early waits, and says for what', async () => {
    const { code, out } = await call('rotate apio');
    expect([code, out]).toEqual([
      6,
      expect.stringContaining('revision 2 is running: another key is issued when that has ended'),
    ]);
  });

  test('an emergency about a key that is none of this rotation is refused, in the words of the operator', async () => {
    const { code, err } = await call('rotate apio --emergency --key key_of_others');
    expect([code, err]).toEqual([
      3,
      expect.stringMatching(/^error: emergency refused: key_of_others is no key of this rotation; its keys are /),
    ]);
  });

  test('an emergency in mid-rotation must name the key', async () => {
    const { code, err } = await call('rotate apio --emergency');
    expect([code, err]).toEqual([2, expect.stringContaining('say which key has leaked by --key KEYID, one of key_')]);
  });

  test('an emergency about the old key ends the wait, and --watch follows it to the end', async () => {
    const { oldKey } = world.rotation()?.status?.rotation ?? {};
    const { code, out } = await call(`rotate apio --emergency --key ${oldKey?.keyID} --reason found/in/a/log --watch`);
    expect(code).toBe(0);
    expect(out).toContain(`key ${oldKey?.keyID} is revoked when another is in every target; no consumer is waited for`);
    expect(out).toContain(`${oldKey?.keyID} Revoked, by Emergency`);
  });
});
