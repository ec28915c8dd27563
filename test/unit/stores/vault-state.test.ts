import { describe, expect, it } from 'vitest';
import { createVaultState } from '../../../src/stores/vault/vault-state.ts';
import { VirtualClock } from '../../doubles/virtual-clock.ts';

const at = (local: number, replicated: number, cluster = 'one') =>
  Buffer.from(`v1:${cluster}:${local}:${replicated}:0a1b`).toString('base64');

/** What is required after these answers, in their order. */
function after(...headers: (string | string[] | undefined)[]): readonly string[] {
  const state = createVaultState(new VirtualClock());
  for (const header of headers) state.note(header);
  return state.required();
}

describe('the state that the next answer must hold', () => {
  it.each<[string, readonly (string | string[] | undefined)[], readonly string[]]>([
    ['none where no answer names one', [undefined, undefined], []],
    ['the one that an answer names', [at(7, 3)], [at(7, 3)]],
    ['the later one of two', [at(7, 3), at(8, 3)], [at(8, 3)]],
    ['the later one where answers come in another order', [at(8, 3), at(7, 3), at(8, 2)], [at(8, 3)]],
    ['both where each is ahead in one of the counters', [at(8, 3), at(7, 4)], [at(7, 4), at(8, 3)]],
    ['the one that is ahead in both after that', [at(8, 3), at(7, 4), at(9, 4)], [at(9, 4)]],
    ['that of another cluster, once it answers', [at(8, 3), at(1, 1, 'two')], [at(1, 1, 'two')]],
    ['the last one where they cannot be read', ['b3RoZXI=', 'YW5vdGhlcg=='], ['YW5vdGhlcg==']],
    ['the first of several in one answer', [[at(7, 3), at(8, 3)]], [at(7, 3)]],
    ['nothing that is no token', [at(7, 3), 'a b', 'x\r\ny', ''], [at(7, 3)]],
  ])('is %s', (_what, headers, required) => {
    expect(after(...headers)).toEqual(required);
  });

  it('is required for ten minutes: a cluster that was restored from a snapshot never has it again', async () => {
    const clock = new VirtualClock();
    const state = createVaultState(clock);
    state.note(at(7, 3));
    await clock.advance(599_000);
    expect(state.required()).toEqual([at(7, 3)]);
    await clock.advance(1_000);
    expect(state.required()).toEqual([]);
    state.note(at(8, 3));
    expect(state.required()).toEqual([at(8, 3)]);
  });
});
