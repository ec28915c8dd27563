import { describe, expect, test } from 'vitest';
import { deleteRotation, writeOutside } from '../world/outsiders.ts';
import { begin, type Story, type StoryOptions } from '../world/story.ts';
import { PATH, PODS } from '../world/world.ts';
import { rewrite } from './life.ts';

test('docs/audit.md shows the records of today: npm run generate', async () => {
  const { present, fresh } = await rewrite();
  expect(fresh).toBe(present);
});

const MINUTE_MS = 60_000;
const CALLS: Readonly<Record<string, string>> = {
  'issuer issue': 'Issue',
  'issuer revoke': 'Revoke',
  'store write': 'Write',
};

/** Every call to issuer and store that changes something, in order, as the kind of record that it must have. */
function called({ world }: Story): string[] {
  return world.calls.flatMap((name) => CALLS[name] ?? []);
}

function recorded({ world }: Story): string[] {
  return world.audit.flatMap(({ effect }) => {
    if (effect === 'Publish' || effect === 'Fence') return ['Write'];
    return effect === 'Commit' ? [] : [effect];
  });
}

async function rotated(story: Story): Promise<void> {
  story.consume(...PODS);
  await story.firstKey();
  story.annotate({ rotate: 'a' });
  await story.done(2);
}

/** `tells`: what is recorded in it. */
interface AuditedStory {
  readonly tells: string;
  readonly options?: StoryOptions;
  readonly play: (story: Story) => Promise<void>;
}

const STORIES: Readonly<Record<string, AuditedStory>> = {
  'a rotation': {
    tells: 'Issue,Write,Issue,Write,Revoke',
    play: rotated,
  },
  'a rotation in which each kind of call is lost, answered or not, and refused': {
    tells: 'Issue,Write,Revoke,Issue,Write,Write,Write,Issue,Issue,Write,Issue,Write,Revoke,Revoke,Revoke',
    async play(story) {
      for (const call of ['issuer issue', 'issuer revoke', 'store write'])
        for (const type of ['LoseAnswer', 'LoseRequest', 'Unavailable'] as const)
          story.faults.push({ call, type, times: 1 });
      await rotated(story);
    },
  },
  'a roll back': {
    tells: 'Issue,Write,Issue,Write,Write,Revoke',
    async play(story) {
      await story.firstKey();
      story.annotate({ rotate: 'a' });
      await story.published(2);
      story.annotate({ rollback: '2/a' });
      story.consume(...PODS);
      await story.done(3);
    },
  },
  'an emergency': {
    tells: 'Issue,Write,Issue,Write,Revoke',
    async play(story) {
      await story.firstKey();
      story.annotate({ emergency: `a/${story.serves()}` });
      await story.done(2);
    },
  },
  'a key that does not verify, given back while it is in the hand of its process': {
    tells: 'Issue,Revoke,Issue,Write',
    options: {
      afterEach({ calls, apio }) {
        const [first] = apio.keys.filter(({ label }) => label);
        if (calls.at(-1) === 'issuer issue' && first) Object.assign(first, { permissions: ['payments:write'] });
      },
    },
    play: (story) => story.firstKey(),
  },
  'a foreign value that beats the first publish, whose key is given back': {
    tells: 'Issue,Write,Revoke',
    options: {
      exempt: ['S4'],
      afterEach(world) {
        if (world.calls.at(-1) === 'issuer issue') writeOutside(world, PATH, { key: 'a-value-of-somebody-else' });
      },
    },
    play: async (story) => {
      story.create();
      await story.stalled();
    },
  },
  'a deletion in the middle of a rotation, with Retain': {
    tells: 'Issue,Write,Issue,Write,Write',
    async play(story) {
      await story.firstKey();
      story.annotate({ rotate: 'a' });
      await story.published(2);
      deleteRotation(story);
      await story.gone(20 * MINUTE_MS);
    },
  },
  'a deletion with Revoke': {
    tells: 'Issue,Write,Revoke',
    options: { spec: { deletionPolicy: 'Revoke' }, exempt: ['S4'] },
    async play(story) {
      await story.firstKey();
      deleteRotation(story);
      await story.gone(20 * MINUTE_MS);
    },
  },
};

describe('the records are the calls that were made, one for one and in their order', () => {
  test.each(Object.entries(STORIES))('in %s', async (_name, { tells, options, play }) => {
    const story = begin(options);
    await play(story);
    await story.pass(15 * MINUTE_MS);
    expect(recorded(story)).toEqual(called(story));
    expect(recorded(story).join()).toBe(tells);
    const told = JSON.stringify(story.world.audit);
    expect(story.world.apio.keys.filter(({ text }) => told.includes(text))).toEqual([]);
  });

  test('in a rotation at a Secret, whose replaced key is put aside and dropped', async () => {
    const story = begin({ stores: ['KubernetesSecret'] });
    await rotated(story);
    expect(story.world.calls.filter((name) => /^kube (CREATE|PATCH|PUT|DELETE) secrets$/.test(name))).toEqual([
      'kube CREATE secrets',
      // The replaced key is put aside, and the Secret written.
      'kube CREATE secrets',
      'kube PATCH secrets',
      'kube PATCH secrets',
    ]);
    const stores = story.world.audit.filter(({ target }) => target !== undefined);
    expect(stores.map(({ effect, outcome }) => `${effect} ${outcome}`)).toEqual([
      'Publish Done',
      'Publish Done',
      'Forget Done',
    ]);
  });

  test('of every key that was revoked the records name the commit that allowed it', async () => {
    const story = begin();
    story.faults.push({ call: 'issuer issue', type: 'LoseAnswer', times: 1 });
    await rotated(story);
    const steps = story.world.audit.map(({ effect, step = '' }) => `${effect} ${step}`.trim());
    const before = steps.flatMap((step, at) => (step === 'Revoke' ? [steps[at - 1]] : []));
    expect(before).toEqual(['Commit Abandon', 'Commit RevokeIntent']);
  });
});
