import { firstKey, firstKeyForTwo } from './first-key.ts';
import { halfMigrated } from './migrating.ts';
import { emergencyCurrent, rollBack } from './requests.ts';
import type { Scenario } from './scenario.ts';
import { promise } from './stage.ts';
import { SHOWING } from './targets.ts';

const SPEC = { targets: [SHOWING] };

export const previousKey: Scenario = {
  name: 'previous-key',
  issuers: ['replay-id', 'list-only'],
  says: 'a target shows the key before beside the present one: two rotations in a row',
  prepare: (stage) => firstKeyForTwo(stage, SPEC),
  async play(stage) {
    stage.annotate({ rotate: 'a' });
    await stage.settled(2);
    stage.annotate({ rotate: 'b' });
    await stage.settled(3);
  },
};

export const previousKeyRolledBack: Scenario = {
  ...rollBack,
  name: 'previous-key-rolled-back',
  issuers: ['replay-id'],
  says: `${rollBack.says}; the target shows the key before`,
  prepare: (stage) => halfMigrated(stage, SPEC),
};

export const previousKeyLeaked: Scenario = {
  ...emergencyCurrent,
  name: 'previous-key-leaked',
  stores: ['Vault', 'KubernetesSecret'],
  says: `${emergencyCurrent.says}; the target, which shows the key before, does not show that one`,
  async prepare(stage) {
    await firstKey(stage, SPEC);
    for (const pod of stage.pods) pod.silent = true;
  },
  async play(stage) {
    const leaked = stage.world.ledger.targets.get(SHOWING.path)?.text;
    await emergencyCurrent.play(stage);
    const written = stage.world.ledger.all('TargetWritten').map(({ after }) => after?.previous);
    promise(!written.includes(leaked), 'S14 a target has shown a key that had leaked');
  },
};
