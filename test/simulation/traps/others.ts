import { issuers, rotations, stores } from '../../../src/api/resources.ts';
import type { ObjectRef } from '../../../src/runtime/kube/kube-api.ts';
import type { Peer } from '../kernel/faults.ts';
import { ISSUER, NAMESPACE, STORE, type World } from '../kernel/world.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import { promise, type Stage } from '../scenarios/stage.ts';
import { twoPods } from './pods.ts';

const SILENT = 'silent';
/** More than there are workers, those that have hung for long among them. */
const OTHERS = 12;

export const blackHole: Scenario = {
  name: 'trap-black-hole',
  says: 'another issuer takes connections and answers none, and many objects wait for it',
  ends: 'Waiting',
  prepare: twoPods,
  play: rotateBeside((stage) => askOthers(stage)),
};

export const hostileNamespace: Scenario = {
  name: 'trap-hostile-namespace',
  says: 'another namespace makes many issuers that answer nothing, and an object for each',
  ends: 'Waiting',
  prepare: twoPods,
  play: rotateBeside((stage) => askOthers(stage, 'hostile', (number) => `${SILENT}-${number}`)),
};

export const silentNeighbours: Scenario = {
  name: 'trap-silent-neighbours',
  says: 'two other namespaces have an issuer each that answers nothing, and many objects that wait for it',
  ends: 'Waiting',
  prepare: twoPods,
  play: rotateBeside((stage) => {
    for (const namespace of ['left', 'right']) askOthers(stage, namespace, () => `${SILENT}-${namespace}`);
  }),
};

/** Others are asked first, and hang by the time when ours is due. */
function rotateBeside(others: (stage: Stage) => void): Scenario['play'] {
  return async (stage) => {
    others(stage);
    await stage.pass(12_000);
    stage.annotate({ rotate: 'a' });
    await stage.settled(2);
  };
}

/** Objects of issuers that never answer: of one in our namespace, unless told otherwise. */
function askOthers({ world }: Stage, namespace = NAMESPACE, issuerOf: (number: number) => string = () => SILENT): void {
  const numbers = Array.from({ length: OTHERS }, (_, index) => index + 1);
  if (namespace !== NAMESPACE) copy(world, { resource: stores, namespace, name: STORE }, STORE);
  for (const name of new Set(numbers.map(issuerOf))) {
    world.silent.add(name);
    copy(world, { resource: issuers, namespace, name }, ISSUER);
  }
  const ours = world.rotation()?.spec;
  for (const number of numbers) {
    const targets = [{ name: 'main', storeRef: { name: STORE }, path: `other-${number}-of-${namespace}` }];
    const spec = { ...ours, issuerRef: { name: issuerOf(number) }, targets };
    world.outside(() => world.storage.create(rotations, namespace, { metadata: { name: `other-${number}` }, spec }));
  }
}

/** Another object that says what one of ours says. */
function copy({ storage, outside }: World, { resource, namespace, name }: ObjectRef, ours: string): void {
  const { spec, status } = storage.find({ resource, namespace: NAMESPACE, name: ours }) ?? {};
  outside(() => storage.create(resource, namespace, { metadata: { name }, spec }));
  outside(() => storage.mergePatch({ resource, namespace, name }, { status }, 'status'));
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
