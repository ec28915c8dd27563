import { startDesk } from '../kernel/desk.ts';
import { deletions } from './deleting.ts';
import { emergencyCurrent, emergencyNew, emergencyOld, rollBack } from './requests.ts';
import type { Scenario } from './scenario.ts';
import type { Stage } from './stage.ts';

const PEOPLE = ['people', 'people-unprobed'];

/** The first key was given and is there; one pod uses it. */
async function firstKeyByPeople(stage: Stage) {
  const desk = startDesk(stage.world);
  stage.create();
  stage.startPods(1);
  await stage.settled(1);
  return desk;
}

export const byPeople: Scenario = {
  name: 'by-people',
  issuers: PEOPLE,
  says: 'people are asked for a key, give it late, and revoke the old one when they are asked for that',
  async prepare(stage) {
    await firstKeyByPeople(stage);
  },
  async play(stage) {
    stage.annotate({ rotate: 'a' });
    await stage.settled(2);
  },
};

export const peopleErr: Scenario = {
  name: 'people-err',
  issuers: PEOPLE,
  says: 'people give the old key first, then id and text swapped, at last the one that was asked for, and that one twice',
  async prepare(stage) {
    const desk = await firstKeyByPeople(stage);
    desk.mistakes.push('Old', 'Swapped');
    desk.twice = true;
  },
  async play(stage) {
    stage.annotate({ rotate: 'a' });
    await stage.settled(2);
    await stage.pass(90_000);
  },
};

export const probedPeople: Scenario = {
  name: 'probed-people',
  issuers: ['people'],
  says: 'people give a key of the other environment, and say that the old one is revoked before it is: the probe tells',
  async prepare(stage) {
    const desk = await firstKeyByPeople(stage);
    desk.mistakes.push('OtherWorld');
    desk.hasty = true;
  },
  async play(stage) {
    stage.annotate({ rotate: 'a' });
    await stage.settled(2);
  },
};

/** The same stories, with people behind the issuer. */
export const withPeople: readonly Scenario[] = [
  rollBack,
  emergencyCurrent,
  emergencyOld,
  emergencyNew,
  ...deletions,
].map((scenario) => ({
  ...scenario,
  name: `${scenario.name}-by-people`,
  says: `${scenario.says}; people issue and revoke the keys`,
  issuers: PEOPLE,
  async prepare(stage) {
    startDesk(stage.world);
    await scenario.prepare?.(stage);
  },
}));
