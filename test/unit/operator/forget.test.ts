import { expect, test } from 'vitest';
import type { RunningRotation } from '../../../src/api/types.ts';
import { createForget } from '../../../src/operator/rotation/act/forget.ts';
import type { KeyStore } from '../../../src/stores/port.ts';
import { factsOf, migrating, planned, recorded } from '../rotation/facts.ts';

/** The paths at which replaced keys are dropped when a rotation of target vault ends. */
async function forgotten(rotation: Partial<RunningRotation>): Promise<string[]> {
  const paths: string[] = [];
  const store = { keepsVersions: false } as KeyStore;
  const effects = {
    forgetReplaced: async (_store: KeyStore, { path }: { readonly path: string }) => void paths.push(path),
  };
  const forget = createForget({ references: { store: () => store }, effectsFor: () => effects as never });
  await forget(factsOf({ status: migrating(rotation) }));
  return paths;
}

const BOTH = { targets: [planned('vault'), planned('second')] };

test('replaced keys are dropped at every target of the plan, and at those that were dropped from it', async () => {
  expect(await forgotten({})).toEqual(['vault']);
  expect(await forgotten({ oldKey: recorded('k1', BOTH) })).toEqual(['second', 'vault']);
});

test('a roll back drops the key that it restored also where the rotation before it was done without', async () => {
  const rotation = { oldKey: recorded('k2', { revision: 2 }), restoredKey: recorded('k1', BOTH) };
  expect(await forgotten(rotation)).toEqual(['second', 'vault']);
});
