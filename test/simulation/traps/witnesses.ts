import { startCaller } from '../kernel/caller.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import { promise, type Stage } from '../scenarios/stage.ts';
import { MAIN } from '../scenarios/targets.ts';
import { applyPolicy, approve, BOARD, LEGACY, removePolicy, writeApproval } from '../scenarios/witnesses.ts';

const MINUTE_MS = 60_000;

/** The old key of the running rotation must be alive. */
function oldLives({ world, status }: Stage, although: string): void {
  const old = world.ledger.keys.get(status().rotation?.oldKey?.keyID ?? '');
  promise(old?.alive() === true, `S3 the old key died although ${although}`);
}

export const usedByNobody: Scenario = {
  name: 'trap-used-by-nobody',
  stores: ['Vault'],
  says: 'a consumer that is seen by the use of the keys sleeps, and nobody but the operator calls with the new key',
  async prepare(stage) {
    stage.create({ consumers: [LEGACY] });
    const caller = startCaller(stage.world, LEGACY.name, MAIN.path);
    await stage.settled(1);
    await stage.pass(2 * MINUTE_MS);
    caller.silent = true;
    stage.annotate({ rotate: 'a' });
    await stage.until(({ rotation }) => rotation?.publishedAt !== undefined);
    await stage.pass(30 * MINUTE_MS);
    oldLives(stage, 'nobody has used the new one');
    caller.silent = false;
  },
  play: (stage) => stage.settled(2),
};

export const usedOnceMore: Scenario = {
  name: 'trap-used-once-more',
  stores: ['Vault'],
  says: 'the old key is used once more when everybody seems to have left it, and a quiet period later not again',
  async prepare(stage) {
    stage.create({ consumers: [LEGACY], migration: { gracePeriod: '4m' } });
    const caller = startCaller(stage.world, LEGACY.name, MAIN.path);
    await stage.settled(1);
    stage.annotate({ rotate: 'a' });
    await stage.until(({ rotation }) => rotation?.migratedAt !== undefined);
    const { ledger } = stage.world;
    caller.call(ledger.keys.get(stage.status().rotation?.oldKey?.keyID ?? '')?.text);
  },
  async play(stage) {
    await stage.pass(3 * MINUTE_MS);
    oldLives(stage, 'it was used a moment ago');
    await stage.settled(2);
  },
};

export const usedEarly: Scenario = {
  name: 'trap-used-early',
  stores: ['Vault'],
  says: 'the old key was idle long before the new one is published, which somebody uses at once: another may still wake up',
  async prepare(stage) {
    stage.create({ consumers: [{ ...LEGACY, evidence: [{ type: 'LastUsed', lastUsed: { quietPeriod: '10m' } }] }] });
    const caller = startCaller(stage.world, LEGACY.name, MAIN.path);
    await stage.settled(1);
    await stage.pass(MINUTE_MS);
    caller.silent = true;
    await stage.pass(15 * MINUTE_MS);
    stage.annotate({ rotate: 'a' });
    await stage.until(({ rotation }) => rotation?.publishedAt !== undefined);
    await stage.pass(2 * MINUTE_MS);
    caller.silent = false;
  },
  play: (stage) => stage.settled(2),
};

export const foreignApprovals: Scenario = {
  name: 'trap-approvals',
  stores: ['Vault'],
  says: 'approvals come that anybody could write, that are of an earlier revision, or of another rotation; and the policy goes away',
  async prepare(stage) {
    stage.create({ consumers: [BOARD], migration: { gracePeriod: '2m' } });
    await stage.settled(1);
    stage.annotate({ rotate: 'a' });
    await stage.until(({ rotation }) => rotation?.publishedAt !== undefined);
    writeApproval(stage);
    await stage.pass(5 * MINUTE_MS);
    oldLives(stage, 'nothing tells who may approve');
    applyPolicy(stage);
    await stage.pass(15 * MINUTE_MS);
    oldLives(stage, 'the approval is older than the policy');
    approve(stage);
    await stage.settled(2);
    stage.annotate({ rotate: 'b' });
    await stage.until(({ revision, rotation }) => revision === 3 && rotation?.publishedAt !== undefined);
    const uid = stage.world.rotation()?.metadata.uid ?? '';
    // Whoever may approve a rotation of another name writes that name.
    writeApproval(stage, { rotationRef: { name: 'mine', uid } });
    await stage.pass(5 * MINUTE_MS);
    oldLives(stage, 'only revision 2 and another rotation were approved');
    approve(stage);
    await stage.until(({ rotation }) => rotation?.migratedAt !== undefined);
    removePolicy(stage);
    await stage.pass(5 * MINUTE_MS);
    oldLives(stage, 'the policy was gone when it was to be decided');
    applyPolicy(stage);
    await stage.pass(2 * MINUTE_MS);
    approve(stage);
  },
  play: (stage) => stage.settled(3),
};
