import type { RotationSpec } from '../../../src/api/types.ts';
import { firstKey } from './first-key.ts';
import type { Scenario } from './scenario.ts';
import { promise, type Stage } from './stage.ts';

const READ = ['payments:read'];
const BOTH = ['payments:read', 'payments:write'];

/** A key in use, whose owner would rather keep it than have another. */
async function prepare(stage: Stage, spec: Partial<RotationSpec> = {}): Promise<void> {
  const key = { environment: 'Live', permissions: READ, onPermissionChange: 'PreferInPlace' as const };
  await firstKey(stage, { key, ...spec });
}

function ask({ change }: Stage): void {
  change({ key: { permissions: BOTH, reason: 'refunds by hand' } });
}

/** The current key may do exactly what is wanted, at the issuer and by the word of status; `keys` were ever made. */
function judge({ world: { apio }, status }: Stage, wanted: readonly string[], keys: number): void {
  const { current } = status();
  const key = apio.keys.find(({ id }) => id === current?.keyID);
  const made = apio.keys.filter(({ label }) => label !== undefined).length;
  promise(made === keys, `S1 ${made} keys were made where ${keys} are enough`);
  for (const has of [key?.permissions ?? [], current?.permissions ?? []])
    promise(
      [...has].sort().join() === wanted.join(),
      `S2 the key, or status, has permissions ${has.join()}, not ${wanted.join()}`,
    );
}

export const widenedInPlace: Scenario = {
  name: 'widened-in-place',
  issuers: ['replay-id'],
  stores: ['Vault'],
  says: 'a permission is added to the key that is in use',
  prepare,
  async play(stage) {
    ask(stage);
    await stage.settled(2);
    judge(stage, BOTH, 1);
  },
};

export const newKeyDemanded: Scenario = {
  name: 'new-key-demanded',
  issuers: ['replay-id'],
  stores: ['Vault'],
  says: 'a permission is asked for, and the issuer wants a new key for it',
  async prepare(stage) {
    await prepare(stage, { withoutEvidence: { overlap: '5m' } });
    stage.world.apio.settings.permissionChange = 'NewKey';
  },
  async play(stage) {
    ask(stage);
    await stage.settled(2);
    // A new key may have been asked for again, where an answer was lost.
    promise(stage.status().current?.permissions?.length === 2, 'S2 the new key has what was asked for');
  },
};
