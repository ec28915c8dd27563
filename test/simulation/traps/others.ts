import { issuers, rotations } from '../../../src/api/resources.ts';
import type { Peer } from '../kernel/faults.ts';
import { ISSUER, NAMESPACE, STORE } from '../kernel/world.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import { promise, type Stage } from '../scenarios/stage.ts';
import { twoPods } from './pods.ts';

const SILENT = 'silent';
/** More than there are workers. */
const OTHERS = 8;

export const blackHole: Scenario = {
  name: 'trap-black-hole',
  says: 'another issuer takes connections and answers none, and many objects wait for it',
  ends: 'Waiting',
  prepare: twoPods,
  async play(stage) {
    askOthers(stage);
    await stage.pass(12_000);
    stage.annotate({ rotate: 'a' });
    await stage.settled(2);
  },
};

/** Objects of an issuer that never answers. */
function askOthers({ world }: Stage): void {
  const { storage, silent, outside } = world;
  const ref = { resource: issuers, namespace: NAMESPACE, name: ISSUER };
  const { spec, status } = storage.find(ref) ?? {};
  silent.add(SILENT);
  outside(() => storage.create(issuers, NAMESPACE, { metadata: { name: SILENT }, spec }));
  outside(() => storage.mergePatch({ ...ref, name: SILENT }, { status }, 'status'));
  const ours = world.rotation()?.spec;
  for (let number = 1; number <= OTHERS; number += 1) {
    const targets = [{ name: 'main', storeRef: { name: STORE }, path: `other-${number}` }];
    const other = { metadata: { name: `other-${number}` }, spec: { ...ours, issuerRef: { name: SILENT }, targets } };
    outside(() => storage.create(rotations, NAMESPACE, other));
  }
}

const AWAY_MS = 3 * 3_600_000;
/** The longest pause between two tries, and what is left to do then. */
const BACK_WITHIN_MS = 8 * 60_000;

/** Nothing of a kind is reached for hours, by nobody, from the moment in which a rotation is asked for. */
function away(peer: Peer): Scenario {
  return {
    name: `trap-${peer}-away`,
    says: `${peer} is away for three hours: it is asked again and again, neither too often nor too seldom`,
    prepare: twoPods,
    // It is slowed by what does not answer itself.
    exempt: ['L5'],
    async play(stage) {
      const { world } = stage;
      stage.annotate({ rotate: 'a' });
      world.down.add(peer);
      await stage.pass(AWAY_MS);
      world.down.delete(peer);
      await stage.pass(BACK_WITHIN_MS);
      promise(
        stage.status().rotation?.publishedAt !== undefined || stage.status().current?.revision === 2,
        `L4 ${peer} is back for minutes and was not asked`,
      );
      await stage.settled(2);
    },
  };
}

export const peersAway: readonly Scenario[] = (['issuer', 'store', 'kube'] as const).map(away);
