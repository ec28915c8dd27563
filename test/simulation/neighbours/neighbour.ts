import { rotations } from '../../../src/api/resources.ts';
import type { ApiKeyRotation, RotationStatus } from '../../../src/api/types.ts';
import type { Owner } from '../../../src/key/attempt-id.ts';
import { ISSUER, NAMESPACE, type World } from '../kernel/world.ts';
import { condemnedBy } from '../ledger/ledger.ts';
import { MAIN } from '../scenarios/targets.ts';

/** One of two rotations that issue from one account, each with a place of its own. */
export interface Neighbour {
  readonly name: string;
  readonly path: string;
  readonly world: World;
  /** Ids of all keys that any of its statuses ever allowed to be revoked. */
  readonly condemned: ReadonlySet<string>;
  owner(): Owner;
  status(): RotationStatus;
  rotate(token: string): void;
  /** Whether a rotation runs that replaces a key. */
  rotates(): boolean;
  /** Whether this revision is done. */
  hasDone(revision: number): boolean;
  /** Whether nothing is left to be swept after it either. */
  isSettled(revision: number): boolean;
}

/** Makes its object. The old key dies after a time: no consumer is asked. */
export function createNeighbour(world: World, name: string, path: string): Neighbour {
  const { storage, ledger } = world;
  const ref = { resource: rotations, namespace: NAMESPACE, name };
  const condemned = new Set<string>();
  storage.follow(({ resource, after }) => {
    if (resource !== rotations || after?.metadata.name !== name) return;
    for (const id of condemnedBy(after as ApiKeyRotation)) condemned.add(id);
  });
  const { uid = '' } = world.outside(() =>
    storage.create(rotations, NAMESPACE, { metadata: { name }, spec: specAt(path) }),
  ).metadata;
  const status = () => (storage.find(ref) as ApiKeyRotation | undefined)?.status ?? {};
  function hasDone(wanted: number): boolean {
    const { revision = 0, current, rotation } = status();
    return revision >= wanted && current !== undefined && rotation === undefined;
  }
  return {
    name: `${ledger.circumstances.installation}/${name}`,
    path,
    world,
    condemned,
    owner: () => ({ installation: ledger.circumstances.installation, uid }),
    status,
    rotate(token) {
      const annotations = { 'apikeyrotation.io/rotate': token };
      world.outside(() => storage.mergePatch(ref, { metadata: { annotations } }, 'object'));
    },
    rotates: () => status().rotation !== undefined && status().current !== undefined,
    hasDone,
    isSettled: (revision) => hasDone(revision) && status().sweepAfter === undefined,
  };
}

function specAt(path: string) {
  return {
    issuerRef: { name: ISSUER },
    key: { environment: 'Live', organization: 'acme', permissions: ['payments:read'] },
    targets: [{ ...MAIN, path }],
    withoutEvidence: { overlap: '2m' },
  };
}
