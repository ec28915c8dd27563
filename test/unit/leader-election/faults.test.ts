import { describe, expect, it } from 'vitest';
import { createReplicas, FAULTS, type Fault, type Replica, type Replicas } from './replicas.ts';

/** Enough calls for acquiring, renewing, taking over and being taken over from. */
const CALLS = 14;
const LONG_MS = 25_000;

/** Two replicas start together; the first leader is cut off, later both are well. `pass` throws when two ever lead. */
async function play(replicas: Replicas, [a, b]: readonly [Replica, Replica]): Promise<void> {
  a.elector.start();
  b.elector.start();
  await replicas.pass(LONG_MS);
  const leader = a.elector.holds() ? a : b;
  const usual = leader.faultOf;
  leader.faultOf = () => 'LoseRequest';
  await replicas.pass(LONG_MS);
  leader.faultOf = usual;
  await replicas.pass(LONG_MS);
}

interface Plan {
  readonly whose: 'a' | 'b';
  readonly call: number;
  readonly fault: Fault;
}

const PLANS: Plan[] = (['a', 'b'] as const).flatMap((whose) =>
  Array.from({ length: CALLS }).flatMap((_, call) => FAULTS.map((fault) => ({ whose, call, fault }))),
);

describe('two candidates', () => {
  it.each(FAULTS)(
    'never lead at the same time when one call of either fails by %s, and one leads in the end',
    async (fault) => {
      for (const { whose, call } of PLANS.filter((plan) => plan.fault === fault)) {
        const replicas = createReplicas(call);
        const [a, b] = [replicas.replica('a'), replicas.replica('b')];
        (whose === 'a' ? a : b).faultOf = (made) => (made === call ? fault : undefined);
        await play(replicas, [a, b]);
        expect(replicas.leaders(), JSON.stringify({ whose, call, fault })).toHaveLength(1);
      }
    },
  );

  it.each(FAULTS)('lead without a gap when one renewal fails by %s', async (fault) => {
    const replicas = createReplicas();
    const a = replicas.replica('a');
    const b = replicas.replica('b');
    a.elector.start();
    await replicas.pass(1_000);
    b.elector.start();
    const failing = a.calls.length + 2;
    a.faultOf = (call) => (call === failing ? fault : undefined);
    await replicas.pass(60_000);
    expect([a.terms.length, b.terms.length]).toEqual([1, 0]);
  });

  it.each(FAULTS.filter((fault) => fault !== 'Slow'))(
    'never lead at the same time when all calls of the leader fail by %s from one moment on',
    async (fault) => {
      const replicas = createReplicas();
      const [a, b] = [replicas.replica('a'), replicas.replica('b')];
      a.elector.start();
      await replicas.pass(3_000);
      b.elector.start();
      await replicas.pass(3_000);
      a.faultOf = () => fault;
      await replicas.pass(120_000);
      expect(replicas.leaders().length).toBeLessThanOrEqual(1);
      a.faultOf = () => undefined;
      await replicas.pass(LONG_MS);
      expect(replicas.leaders()).toHaveLength(1);
    },
  );

  it('never lead at the same time when calls fail at random, and one leads when they do no more', async () => {
    for (let seed = 1; seed <= 20; seed += 1) {
      const replicas = createReplicas(seed);
      const all = ['a', 'b', 'c'].map((identity) => replicas.replica(identity));
      let state = seed;
      for (const replica of all) {
        replica.faultOf = () => {
          state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
          return state % 100 < 40 ? FAULTS[Math.floor(state / 128) % FAULTS.length] : undefined;
        };
        replica.elector.start();
      }
      await replicas.pass(120_000);
      for (const replica of all) replica.faultOf = () => undefined;
      await replicas.pass(LONG_MS);
      expect(replicas.leaders(), `seed ${seed}`).toHaveLength(1);
    }
  });
});
