import { describe, expect, test } from 'vitest';
import { NAMESPACE } from '../world/places.ts';
import { begin, type Story } from '../world/story.ts';
import { PODS } from '../world/world.ts';
import { beginShared, SPEC } from './shared.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

/** Why a store does not take the keys of a rotation any more. */
interface Refusal {
  readonly begin: () => Story;
  /** Whether the store takes them from now on. */
  readonly take: (story: Story, isTaken: boolean) => void;
  readonly reason: string;
  readonly message: string;
}

const change = ({ world }: Story, ref: { resource: string; namespace?: string; name: string }, spec: object) =>
  void world.kube.patch(ref, { type: 'merge', body: JSON.parse(JSON.stringify({ spec })) });

const REFUSALS: readonly Refusal[] = [
  {
    begin: () => begin(),
    take: (story, isTaken) =>
      change(
        story,
        { resource: 'keystores.apikeyrotation.io', namespace: NAMESPACE, name: 'vault' },
        { environment: isTaken ? null : 'Test' },
      ),
    reason: 'EnvironmentMismatch',
    message:
      'target vault: KeyStore vault takes keys of environment Test only, this key belongs to Live; name another store, or correct spec.environment of the KeyStore',
  },
  {
    begin: () => {
      const story = beginShared({ spec: { issuerRef: { name: 'apio' }, targets: [...SPEC.targets] } });
      takeOfNamespaces(story, true);
      return story;
    },
    take: takeOfNamespaces,
    reason: 'NotGranted',
    message:
      'target vault: ClusterKeyStore shared takes keys of ClusterApiKeyIssuers only, and spec.issuerRef names ApiKeyIssuer apio; name another issuer or store, or ask whoever manages it for spec.allowNamespacedIssuers (kubectl edit clusterkeystore shared)',
  },
];

function takeOfNamespaces(story: Story, allowNamespacedIssuers: boolean): void {
  change(story, { resource: 'clusterkeystores.apikeyrotation.io', name: 'shared' }, { allowNamespacedIssuers });
}

describe.each(REFUSALS)(
  'a store that takes no such keys any more ($reason)',
  ({ begin: beginStory, take, reason, message }) => {
    /** A second key is asked for while these calls fail, and then the store takes none; `down` ends the failures. */
    async function refusedWhile(call: string) {
      const story = beginStory();
      await story.firstKey();
      const down = story.refuse(call);
      story.annotate({ rotate: 'a' });
      await story.until(({ rotation }) => rotation !== undefined);
      await story.pass(MINUTE_MS);
      take(story, false);
      down.times = 0;
      await story.told(reason);
      return story;
    }

    async function ends(story: Story): Promise<void> {
      take(story, true);
      await story.published(2);
      story.consume(...PODS);
      await story.done(2);
      expect(story.live()).toEqual([story.serves()]);
      expect(story.wrong()).toEqual([]);
    }

    test('is not written to with a key that was issued before: it waits in hand, and a person is told', async () => {
      const story = await refusedWhile('store write');
      const [first] = story.live();
      await story.pass(6 * HOUR_MS);
      expect(story.serves()).toBe(first);
      expect(story.issued()).toBe(2);
      expect(story.tells('Rotating')).toContain(`${reason}: ${message}`);
      expect(story.tells('Stalled')).toContain(message);
      await ends(story);
      expect(story.issued()).toBe(2);
    });

    test('has none issued for it', async () => {
      const story = await refusedWhile('issuer issue');
      await story.pass(6 * HOUR_MS);
      expect(story.issued()).toBe(1);
      await ends(story);
      expect(story.issued()).toBe(2);
    });

    test('is fenced all the same, so that the key of a process that is gone does not live on', async () => {
      const story = await refusedWhile('store write');
      const [first] = story.live();
      await story.world.stop();
      story.world.start();
      await story.pass(2 * HOUR_MS);
      expect(story.live()).toEqual([first]);
      expect(story.serves()).toBe(first);
      await ends(story);
    });

    test('holds nobody up who only looks and revokes: what was published before ends', async () => {
      const story = beginStory();
      await story.firstKey();
      story.annotate({ rotate: 'a' });
      await story.published(2);
      take(story, false);
      story.consume(...PODS);
      await story.done(2);
      expect(story.live()).toEqual([story.serves()]);
      expect(story.wrong()).toEqual([]);
    });

    test('keeps an emergency waiting, loudly, and lets it end', async () => {
      const story = beginStory();
      await story.firstKey();
      const leaked = story.serves();
      const down = story.refuse('store write');
      story.annotate({ emergency: `t1/${leaked}` });
      await story.until(({ rotation }) => rotation !== undefined);
      take(story, false);
      down.times = 0;
      await story.told(reason);
      expect(story.tells('Stalled')).toContain(message);
      take(story, true);
      await story.until(({ rotation, revision }) => revision === 2 && !rotation);
      expect(story.live()).toEqual([story.serves()]);
      expect(story.serves()).not.toBe(leaked);
    });
  },
);
