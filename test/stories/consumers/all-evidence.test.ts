import { describe, expect, test } from 'vitest';
import type { RotationSpec } from '../../../src/api/types.ts';
import { applyPolicy, approve } from '../world/outsiders.ts';
import { NAMESPACE } from '../world/places.ts';
import { begin, type Story } from '../world/story.ts';
import { addPod } from '../world/world.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

type Consumers = NonNullable<RotationSpec['consumers']>;
type Evidence = Consumers[number]['evidence'][number];

const REPORT: Evidence = { type: 'Report', report: { serviceAccountName: 'api' } };
const PROOF: Evidence = { type: 'Proof' };
const LAST_USED: Evidence = { type: 'LastUsed', lastUsed: { quietPeriod: '10m' } };
const APPROVAL: Evidence = { type: 'Approval' };

async function rotating(consumers: Consumers): Promise<Story> {
  const story = begin({ spec: { consumers } });
  applyPolicy(story);
  await story.firstKey();
  await story.pass(HOUR_MS);
  story.annotate({ rotate: 'a' });
  await story.published(2);
  return story;
}

const old = (story: Story) => story.status().rotation?.oldKey?.keyID;

/** Somebody who is none of the consumers goes on with the old key, once a minute; ends when it is stopped. */
function straggler({ world, status }: Story): () => void {
  const text = world.apio.keys.find(({ id }) => id === status().rotation?.oldKey?.keyID)?.text;
  let cancel = () => {};
  const turn = () => {
    cancel = world.clock.schedule(MINUTE_MS, turn);
    world.apio.authenticate('Live', text, 'uses');
  };
  turn();
  return () => cancel();
}

describe('a consumer with evidence of every kind', () => {
  const all: Consumers = [{ name: 'api', evidence: [REPORT, PROOF, LAST_USED, APPROVAL] }];

  test('has moved when all of it is there', async () => {
    const story = await rotating(all);
    const retired = old(story);
    story.consume('api-0', 'api-1');
    approve(story, 'api');
    await story.done(2);
    expect(story.live()).not.toContain(retired);
    expect(story.wrong()).toEqual([]);
  });

  test.each<[string, string, (story: Story) => void]>([
    [
      'a pod has not reported',
      'waiting for reports of pod api-1',
      (story) => {
        story.consume('api-0');
        approve(story, 'api');
      },
    ],
    [
      'nobody has approved',
      'waiting until somebody who may approve revision 2',
      (story) => void story.consume('api-0', 'api-1'),
    ],
    [
      'somebody uses the old key',
      'waiting until the old key ',
      (story) => {
        story.consume('api-0', 'api-1');
        approve(story, 'api');
        straggler(story);
      },
    ],
  ])('has not moved while %s', async (_what, message, most) => {
    const story = await rotating(all);
    const retired = old(story);
    most(story);
    await story.pass(2 * HOUR_MS);
    expect(story.live()).toContain(retired);
    expect(story.tells('Rotating')).toContain(message);
    expect(story.status().rotation?.consumers?.[0]?.state).toBe('Pending');
  });
});

describe('consumers of different kinds', () => {
  const each: Consumers = [
    { name: 'api', evidence: [REPORT, PROOF] },
    { name: 'legacy', evidence: [LAST_USED] },
    { name: 'board', evidence: [APPROVAL] },
  ];

  test('are all waited for, and each is told by its own', async () => {
    const story = await rotating(each);
    const stop = straggler(story);
    story.consume('api-0', 'api-1');
    await story.pass(HOUR_MS);
    expect(story.status().consumersSummary).toBe('1/3');
    expect(story.status().rotation?.consumers?.map(({ name, state }) => `${name} ${state}`)).toEqual([
      'api Migrated',
      'legacy Pending',
      'board Pending',
    ]);
    approve(story, 'board');
    await story.pass(HOUR_MS);
    expect(story.status().consumersSummary).toBe('2/3');
    stop();
    await story.done(2);
    expect(story.wrong()).toEqual([]);
  });

  test('that are removed are not waited for any more, whatever they had to give', async () => {
    const story = await rotating(each);
    story.consume('api-0', 'api-1');
    straggler(story);
    await story.pass(HOUR_MS);
    story.change({ consumers: each.slice(0, 1) });
    await story.done(2);
    expect(story.events().filter((reason) => reason === 'PendingConsumerRemoved')).toHaveLength(2);
  });

  test.each<[string, Consumers[number]]>([
    ['an approval', { name: 'board', evidence: [APPROVAL] }],
    ['a quiet old key', { name: 'legacy', evidence: [LAST_USED] }],
  ])('one that is added in the grace period, and gives %s, is waited for', async (_what, added) => {
    const story = begin({ spec: { migration: { gracePeriod: '30m' } } });
    applyPolicy(story);
    await story.firstKey();
    story.consume('api-0', 'api-1');
    story.annotate({ rotate: 'a' });
    await story.until(({ rotation }) => rotation?.migratedAt !== undefined);
    straggler(story);
    const retired = old(story);
    story.change({ consumers: [...each.slice(0, 1), added] });
    await story.pass(4 * HOUR_MS);
    expect(story.live()).toContain(retired);
    expect(story.status().consumersSummary).toBe('1/2');
  });

  test('a pod that follows one that had reported reports for itself, while an approval is waited for', async () => {
    const story = await rotating([each[0], each[2]] as Consumers);
    const retired = old(story);
    const [, second] = story.consume('api-0', 'api-1');
    await story.until(({ consumersSummary }) => consumersSummary === '1/2');
    second?.stop();
    story.world.kube.delete({ resource: 'pods', namespace: NAMESPACE, name: 'api-1' });
    addPod(story.world.kube, 'api-1');
    approve(story, 'board');
    await story.pass(HOUR_MS);
    expect(story.live()).toContain(retired);
    expect(story.tells('Rotating')).toContain('waiting for reports of pod api-1');
    story.consume('api-1');
    await story.done(2);
    expect(story.wrong()).toEqual([]);
  });
});

describe('when the revocation is decided and the issuer does not carry it out', () => {
  test.each<[string, Consumers[number], (story: Story) => void, string, (story: Story) => void]>([
    [
      'somebody uses the old key again',
      { name: 'legacy', evidence: [LAST_USED] },
      ({ world, status }) => {
        const old = world.apio.keys.find(({ id }) => id === status().rotation?.oldKey?.keyID);
        world.apio.authenticate('Live', old?.text, 'uses');
      },
      'legacy (waiting until the old key ',
      () => {},
    ],
    [
      'nothing tells any more who may approve',
      { name: 'board', evidence: [APPROVAL] },
      ({ world }) => world.policies.clear(),
      'board (approvals count only while ',
      (story) => {
        applyPolicy(story);
        story.world.clock.schedule(2 * MINUTE_MS, () => approve(story, 'board'));
      },
    ],
  ])('it is looked at again, and held while %s', async (_what, consumer, spoil, message, mend) => {
    const story = await rotating([consumer]);
    const retired = old(story);
    const away = story.refuse('issuer revoke');
    story.consume('api-0');
    approve(story, 'board');
    await story.until(({ rotation }) => rotation?.revokeIntent !== undefined);
    spoil(story);
    await story.told('EvidenceRegressed');
    away.times = 0;
    expect(story.tells('Rotating')).toContain(message);
    await story.pass(2 * MINUTE_MS);
    expect(story.live()).toContain(retired);
    mend(story);
    await story.done(2);
    expect(story.live()).not.toContain(retired);
  });
});
