import { backUp, restore } from './outsiders.ts';
import type { Scenario } from './scenario.ts';
import type { Stage } from './stage.ts';

async function firstKey(stage: Stage): Promise<void> {
  stage.create();
  stage.startPods(1);
  await stage.settled(1);
}

export const restoredStatus: Scenario = {
  name: 'restored-status',
  issuers: ['replay-id'],
  stores: ['Vault'],
  says: 'a backup of the object from a revision ago is restored; it waits for a person, who accepts what stands',
  async prepare(stage) {
    await firstKey(stage);
    backUp(stage);
    stage.annotate({ rotate: 'a' });
    await stage.settled(2);
  },
  async play(stage) {
    restore(stage);
    stage.annotate({ rotate: 'b' });
    await stage.until(() => stage.tells('Stalled')?.startsWith('StateRegression') === true);
    stage.annotate({ 'accept-state': '2/seen' });
    await stage.settled(3);
  },
};
