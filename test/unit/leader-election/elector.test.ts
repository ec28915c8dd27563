import { describe, expect, it, test } from 'vitest';
import { TIMING } from '../../../src/runtime/leader-election/timing.ts';
import { createReplicas, type Replica, type Replicas } from './replicas.ts';

const DAY = 86_400_000;
const MICRO_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/;

/** `a` leads, `b` stands by. */
async function twoReplicas(): Promise<{ replicas: Replicas; a: Replica; b: Replica }> {
  const replicas = createReplicas();
  const [a, b] = [replicas.replica('a'), replicas.replica('b')];
  a.elector.start();
  await replicas.pass(1_000);
  b.elector.start();
  await replicas.pass(3_000);
  expect(replicas.leaders()).toEqual(['a']);
  return { replicas, a, b };
}

/** Nothing that it says reaches anybody any more. */
function cutOff(replica: Replica): void {
  replica.faultOf = () => 'LoseRequest';
}

/** Milliseconds until exactly this one leads. */
async function untilLeads(replicas: Replicas, identity: string, limitMs = 60_000): Promise<number> {
  const start = replicas.clock.monotonic();
  while (replicas.leaders().join() !== identity) {
    await replicas.pass(50);
    if (replicas.clock.monotonic() - start > limitMs) throw new Error(`${identity} does not lead`);
  }
  return replicas.clock.monotonic() - start;
}

test('whoever leads stops before another begins: renewDeadline and a call together are shorter than the lease', () => {
  expect(TIMING.renewDeadline + TIMING.callTimeout).toBeLessThan(TIMING.leaseDuration);
  expect(TIMING.leaseDuration + TIMING.retryPeriod + TIMING.callTimeout).toBeLessThanOrEqual(20_000);
});

describe('a replica alone', () => {
  it('acquires the lease at once, with times of six decimals, and renews it every two seconds', async () => {
    const replicas = createReplicas();
    const a = replicas.replica('a');
    a.elector.start();
    await replicas.pass(200);
    const first = replicas.lease();
    expect(first).toMatchObject({ holderIdentity: 'a', leaseDurationSeconds: 15, leaseTransitions: 0 });
    expect(first?.renewTime).toMatch(MICRO_TIME);
    expect(first?.acquireTime).toBe(first?.renewTime);
    await replicas.pass(20_000);
    expect(replicas.lease()).toMatchObject({ ...first, renewTime: expect.stringMatching(MICRO_TIME) });
    expect(replicas.lease()?.renewTime).not.toBe(first?.renewTime);
    expect(a.calls.slice(0, 3)).toEqual(['GET', 'POST', 'PUT']);
    expect(a.calls.length).toBeLessThanOrEqual(13);
    expect(a.terms).toEqual([{ at: expect.any(Number), leads: true }]);
  });

  it('takes a lease that an earlier process of the same pod left, when its duration is over', async () => {
    const replicas = createReplicas();
    const before = replicas.replica('pod_1');
    before.elector.start();
    await replicas.pass(1_000);
    cutOff(before);
    replicas.replica('pod_2').elector.start();
    expect(await untilLeads(replicas, 'pod_2')).toBeLessThanOrEqual(17_000);
    expect(replicas.lease()).toMatchObject({ holderIdentity: 'pod_2', leaseTransitions: 1 });
  });

  it('waits from its first look at the lease, also one before it is ready to lead', async () => {
    const replicas = createReplicas();
    const before = replicas.replica('before');
    before.elector.start();
    await replicas.pass(1_000);
    cutOff(before);
    const after = replicas.replica('after');
    void after.elector.look();
    await replicas.pass(14_000);
    expect(after.terms).toEqual([]);
    after.elector.start();
    expect(await untilLeads(replicas, 'after')).toBeLessThanOrEqual(1_500);
  });

  it('tells once what it lacks the permission for, and what to do', async () => {
    const replicas = createReplicas();
    const a = replicas.replica('a');
    a.faultOf = () => 'Denied';
    a.elector.start();
    await replicas.pass(30_000);
    const told = a.lines.filter((line) => line.includes('forbidden'));
    expect(told).toHaveLength(1);
    expect(told[0]).toMatch(/grant get, create and update on leases.* in namespace operators.*--leader-elect=false/);
    a.faultOf = () => undefined;
    expect(await untilLeads(replicas, 'a')).toBeLessThanOrEqual(TIMING.retryPeriod + 500);
  });
});

describe('a leader that is cut off', () => {
  it('stops ten seconds after it began its last renewal, and the other leads within 17 s', async () => {
    const { replicas, a, b } = await twoReplicas();
    cutOff(a);
    const seconds = await untilLeads(replicas, 'b');
    expect(seconds).toBeGreaterThan(TIMING.leaseDuration - TIMING.retryPeriod - 500);
    expect(seconds).toBeLessThanOrEqual(17_500);
    expect(replicas.lease()).toMatchObject({ holderIdentity: 'b', leaseTransitions: 1 });
    const [ended, began] = [a.terms.at(-1), b.terms.at(-1)];
    expect([ended?.leads, began?.leads]).toEqual([false, true]);
    expect((began?.at ?? 0) - (ended?.at ?? 0)).toBeGreaterThan(TIMING.callTimeout);
    expect(a.lines.join()).toContain('no renewal of the lease succeeded within 10 s');
  });

  it('stands by afterwards, and leads again when the other is gone', async () => {
    const { replicas, a, b } = await twoReplicas();
    cutOff(a);
    await untilLeads(replicas, 'b');
    a.faultOf = () => undefined;
    await replicas.pass(30_000);
    expect(replicas.leaders()).toEqual(['b']);
    expect(a.lines.join()).toContain('Standing by: another replica leads {"holder":"b"}');
    cutOff(b);
    await untilLeads(replicas, 'a');
    expect(a.terms.map(({ leads }) => leads)).toEqual([true, false, true]);
  });

  it('loses nothing when it is cut off for less than ten seconds', async () => {
    const { replicas, a } = await twoReplicas();
    cutOff(a);
    await replicas.pass(6_000);
    a.faultOf = () => undefined;
    await replicas.pass(30_000);
    expect(a.terms.map(({ leads }) => leads)).toEqual([true]);
  });

  it('leads on where nobody else wanted to: its lease is still its own', async () => {
    const replicas = createReplicas();
    const a = replicas.replica('a');
    a.elector.start();
    await replicas.pass(1_000);
    cutOff(a);
    await replicas.pass(60_000);
    expect(replicas.leaders()).toEqual([]);
    a.faultOf = () => undefined;
    await untilLeads(replicas, 'a');
    expect(replicas.lease()).toMatchObject({ holderIdentity: 'a', leaseTransitions: 0 });
  });
});

describe('a leader that is paused as a whole', () => {
  it('may begin nothing from the first instant in which it runs again, while the other leads', async () => {
    const { replicas, a, b } = await twoReplicas();
    a.pause();
    await replicas.pass(7_000);
    expect(a.elector.holds()).toBe(true);
    await replicas.pass(23_000);
    expect(replicas.leaders()).toEqual(['b']);
    a.resume();
    expect(a.elector.holds()).toBe(false);
    await replicas.pass(30_000);
    expect(replicas.leaders()).toEqual(['b']);
    expect(b.terms.map(({ leads }) => leads)).toEqual([true]);
  });

  it('leads on in a new breath when nobody took over meanwhile', async () => {
    const replicas = createReplicas();
    const a = replicas.replica('a');
    a.elector.start();
    await replicas.pass(1_000);
    a.pause();
    await replicas.pass(30_000);
    a.resume();
    expect(a.elector.holds()).toBe(false);
    await replicas.pass(1_000);
    expect(a.elector.holds()).toBe(true);
  });
});

describe('the wall clocks', () => {
  it.each([
    ['jumps a day ahead at the leader', (a: Replica) => a.jump(DAY)],
    ['jumps a day back at the leader', (a: Replica) => a.jump(-DAY)],
    ['jumps a day ahead at the standby', (_: Replica, b: Replica) => b.jump(DAY)],
    ['jumps a day back at the standby', (_: Replica, b: Replica) => b.jump(-DAY)],
    ['stands still at the leader', (a: Replica) => a.freezeWallClock()],
  ])('do nothing: one that %s', async (_, disturb) => {
    const { replicas, a, b } = await twoReplicas();
    disturb(a, b);
    await replicas.pass(60_000);
    expect([a.terms.length, b.terms.length]).toEqual([1, 0]);
    cutOff(a);
    expect(await untilLeads(replicas, 'b')).toBeLessThanOrEqual(17_500);
  });
});

describe('a leader that ends', () => {
  it('gives the lease back, and the other leads within one retry period', async () => {
    const { replicas, a } = await twoReplicas();
    const stopped = a.elector.stop();
    await replicas.pass(100);
    await stopped;
    expect(replicas.lease()).toMatchObject({ holderIdentity: '', leaseDurationSeconds: 1, leaseTransitions: 0 });
    expect(a.elector.holds()).toBe(false);
    expect(await untilLeads(replicas, 'b')).toBeLessThanOrEqual(TIMING.retryPeriod + 200);
    expect(replicas.lease()).toMatchObject({ holderIdentity: 'b', leaseDurationSeconds: 15, leaseTransitions: 1 });
  });

  it.each(['LoseRequest', 'LoseAnswer', 'Late'] as const)(
    'gives it back also when it does not know what became of its last renewal (%s)',
    async (fault) => {
      const { replicas, a } = await twoReplicas();
      const next = a.calls.length;
      a.faultOf = (call) => (call === next ? fault : undefined);
      while (a.calls.length === next) await replicas.pass(50);
      void a.elector.stop();
      expect(await untilLeads(replicas, 'b')).toBeLessThanOrEqual(TIMING.retryPeriod + 500);
      await replicas.pass(30_000);
      expect(replicas.leaders()).toEqual(['b']);
    },
  );

  it('gives back a lease that it never learned it had acquired', async () => {
    const replicas = createReplicas();
    const a = replicas.replica('a');
    a.faultOf = (call) => (call === 1 ? 'LoseAnswer' : undefined);
    a.elector.start();
    await replicas.pass(1_000);
    expect(replicas.lease()).toMatchObject({ holderIdentity: 'a' });
    expect(replicas.leaders()).toEqual([]);
    void a.elector.stop();
    await replicas.pass(1_000);
    expect(replicas.lease()).toMatchObject({ holderIdentity: '' });
  });

  it('leaves the lease alone when it is not its own', async () => {
    const { replicas, b } = await twoReplicas();
    void b.elector.stop();
    await replicas.pass(10_000);
    expect(replicas.leaders()).toEqual(['a']);
    expect(b.calls.every((call) => call === 'GET')).toBe(true);
  });
});

test('a lease that somebody deletes is left to its holder, who makes it anew', async () => {
  const { replicas, b } = await twoReplicas();
  replicas.deleteLease();
  await replicas.pass(30_000);
  expect(replicas.leaders()).toEqual(['a']);
  expect(b.terms).toEqual([]);
  expect(replicas.lease()).toMatchObject({ holderIdentity: 'a' });
});

test('a lease that a person takes from its holder, and nobody else wanted, is a new term: others may have worked meanwhile', async () => {
  const replicas = createReplicas();
  const a = replicas.replica('a');
  a.elector.start();
  await replicas.pass(1_000);
  replicas.clearLease();
  await replicas.pass(5_000);
  expect(a.terms.map(({ leads }) => leads)).toEqual([true, false, true]);
  expect(replicas.lease()).toMatchObject({ holderIdentity: 'a', leaseTransitions: 1 });
});

test('whoever asks late learns that a term is under way', async () => {
  const { a } = await twoReplicas();
  const heard: boolean[] = [];
  a.elector.onChange((leads) => heard.push(leads));
  expect(heard).toEqual([true]);
});
