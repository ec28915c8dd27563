import { describe, expect, test } from 'vitest';
import type { RotationSpec } from '../../../src/api/types.ts';
import { applyPolicy, approve } from '../world/outsiders.ts';
import { begin, type Story } from '../world/story.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

const BOARD: NonNullable<RotationSpec['consumers']> = [{ name: 'board', evidence: [{ type: 'Approval' }] }];

/** The second key is published, and a person is waited for. */
async function waiting(options: { policy?: boolean; spec?: Partial<RotationSpec> } = {}): Promise<Story> {
  const story = begin({ spec: { consumers: BOARD, ...options.spec } });
  if (options.policy !== false) applyPolicy(story);
  await story.firstKey();
  await story.pass(HOUR_MS);
  story.annotate({ rotate: 'a' });
  await story.published(2);
  return story;
}

const told = (story: Story) => story.status().rotation?.consumers?.[0]?.message ?? '';

describe('a consumer that a person speaks for', () => {
  test('the old key lives until somebody approves, and dies then', async () => {
    const story = await waiting();
    await story.pass(12 * HOUR_MS);
    expect(story.live()).toHaveLength(2);
    approve(story, 'board');
    await story.done(2);
    expect(story.live()).toHaveLength(1);
    expect(story.wrong()).toEqual([]);
  });

  test('whoever looks is told who is waited for, and finds the command', async () => {
    const story = await waiting();
    await story.pass(MINUTE_MS);
    expect(story.tells('Rotating')).toMatch(
      /^Migrating: waiting for board \(waiting until somebody who may approve revision 2, key fingerprint [0-9a-f]{16}, does so; status.rotation.consumers has the command\), since .*; a consumer that no longer exists is released by removing it from spec.consumers$/,
    );
    expect(told(story)).toMatch(/\nkubectl auth whoami -o go-template='\{"apiVersion".*\}' \| kubectl create -f -$/);
  });

  test.each([
    ['an earlier revision', { revision: 1 }],
    ['another key', { fingerprint: '0123456789abcdef' }],
    ['another consumer', { consumer: 'api' }],
    ['a rotation of another name', { rotationRef: { name: 'mine', uid: 'set below' } }],
  ])('an approval of %s counts for nothing', async (_what, change) => {
    const story = await waiting();
    const uid = story.world.rotation()?.metadata.uid ?? '';
    approve(story, 'board', 'rotationRef' in change ? { rotationRef: { name: 'mine', uid } } : change);
    await story.pass(HOUR_MS);
    expect(story.live()).toHaveLength(2);
    approve(story, 'board');
    await story.done(2);
  });

  test('a roll back is another revision, which takes another approval', async () => {
    const story = await waiting();
    const second = story.status().rotation?.newKey?.keyID;
    story.annotate({ rollback: '2/a' });
    approve(story, 'board');
    await story.published(3);
    await story.pass(HOUR_MS);
    expect(story.live()).toContain(second);
    approve(story, 'board');
    await story.until(({ rotation }) => rotation === undefined);
    expect(story.live()).not.toContain(second);
  });

  test('looks at the policy cost no more than one in ten minutes', async () => {
    const story = await waiting();
    await story.pass(MINUTE_MS);
    const before = story.world.calls.length;
    await story.pass(6 * HOUR_MS);
    const looks = story.world.calls.slice(before).filter((call) => call === 'kube GET validatingadmissionpolicies');
    expect(looks.length).toBeGreaterThan(6);
    expect(looks.length).toBeLessThanOrEqual(36);
  });
});

describe('where nothing tells who may approve', () => {
  test('an approval counts for nothing, and an administrator is told what to do', async () => {
    const story = await waiting({ policy: false });
    approve(story, 'board');
    await story.told('PolicyMissing');
    await story.pass(12 * HOUR_MS);
    expect(story.live()).toHaveLength(2);
    expect(story.tells('Rotating')).toContain(
      "PolicyMissing: waiting for board (approvals count only while ValidatingAdmissionPolicy apikeyrotation-reports guards them: there is no ValidatingAdmissionPolicy apikeyrotation-reports; kubectl apply -f config/report-policy.yaml with the operator's account in it, or helm upgrade; then approve again), since ",
    );
  });

  test('what was approved before the policy was there may be anybody’s, and counts for nothing afterwards either', async () => {
    const story = await waiting({ policy: false });
    approve(story, 'board');
    await story.told('PolicyMissing');
    applyPolicy(story);
    await story.pass(HOUR_MS);
    expect(story.live()).toHaveLength(2);
    expect(told(story)).toContain('one that was made before the policy was in force does not count');
    approve(story, 'board');
    await story.done(2);
  });

  test('a policy that is gone when the revocation is to be decided keeps the old key alive', async () => {
    const story = await waiting({ spec: { consumers: BOARD, migration: { gracePeriod: '5m' } } });
    approve(story, 'board');
    await story.until(({ rotation }) => rotation?.migratedAt !== undefined);
    story.world.policies.clear();
    await story.pass(HOUR_MS);
    expect(story.live()).toHaveLength(2);
    expect(story.tells('Rotating')).toMatch(/^PolicyMissing: /);
  });

  test('a policy that was changed and restored guards what is approved after it was seen, whichever process judges that', async () => {
    const story = await waiting({ policy: false });
    applyPolicy(story, 3);
    await story.told('PolicyMissing');
    approve(story, 'board');
    await story.pass(HOUR_MS);
    expect(story.live()).toHaveLength(2);
    await story.world.stop();
    approve(story, 'board');
    await story.pass(MINUTE_MS);
    story.world.start();
    await story.done(2);
    expect(story.live()).toHaveLength(1);
    expect(story.wrong()).toEqual([]);
  });

  test('one that was changed while no process saw it guards nothing that was approved before it was seen', async () => {
    const story = await waiting({ policy: false });
    applyPolicy(story, 3);
    await story.pass(HOUR_MS);
    await story.world.stop();
    applyPolicy(story, 5);
    approve(story, 'board');
    await story.pass(MINUTE_MS);
    story.world.start();
    await story.pass(HOUR_MS);
    expect(story.live()).toHaveLength(2);
    expect(told(story)).toContain('since the policy was changed after it was made');
    approve(story, 'board');
    await story.done(2);
  });

  test('a policy that only warns is none', async () => {
    const story = await waiting();
    const binding = story.world.policies.get('validatingadmissionpolicybindings');
    Object.assign(binding?.spec ?? {}, { validationActions: ['Warn'] });
    await story.pass(15 * MINUTE_MS);
    approve(story, 'board');
    await story.told('PolicyMissing');
    expect(story.live()).toHaveLength(2);
    expect(told(story)).toContain('ValidatingAdmissionPolicyBinding apikeyrotation-reports was changed');
  });

  test('a rotation whose consumers report does not look for it', async () => {
    const story = begin();
    await story.firstKey();
    story.consume('api-0', 'api-1');
    story.annotate({ rotate: 'a' });
    await story.done(2);
    expect(story.world.calls.filter((call) => call.includes('validatingadmission'))).toEqual([]);
  });
});
