import type { ApiKeyRotation } from '../../../src/api/types.ts';
import { deleteRotation, writeOutside } from '../world/outsiders.ts';
import { NAMESPACE } from '../world/places.ts';
import { begin, type Story } from '../world/story.ts';
import { PATH, PODS } from '../world/world.ts';

/** An object of ours as the API server showed it at some moment. */
export type Shown = Pick<ApiKeyRotation, 'metadata' | 'status'> & { readonly spec?: object };

/** What was shown, by the words for the moment. */
export type Album = Map<string, Shown>;

/** Plays the life of rotations, issuer and store, and keeps how they looked at each phase. */
export async function playPhases(): Promise<Album> {
  const album: Album = new Map();
  await life(album);
  await leaving(album);
  await withoutIssuer(album);
  await withoutEnd(album);
  await checks(album);
  return album;
}

/** Phases that last no longer than the call that they are for. */
const PASSING: Readonly<Record<string, string>> = { Issuing: 'issuing its first key', Revoking: 'revoking' };

async function life(album: Album): Promise<void> {
  const story = begin({
    exempt: ['S4'],
    afterEach(world) {
      const object = world.rotation();
      const moment = PASSING[rotatingOf(object) ?? ''];
      if (object && moment && !album.has(moment)) album.set(moment, structuredClone(object));
    },
  });
  const keep = (moment: string) => album.set(moment, shown(story));
  story.create();
  keep('made, and not looked at yet');
  await story.done(1);
  keep('settled');
  story.change({ migration: { deadline: '1h' } });
  keep('changed, and not looked at yet');
  await story.until(({ observedGeneration }) => observedGeneration === 2);
  keep('changed, and seen');
  const publish = story.refuse('store write');
  story.annotate({ rotate: 'a' });
  await story.told('ServiceUnavailable');
  keep('cannot publish the next key');
  publish.times = 0;
  await story.published();
  keep('migrating');
  await story.told('Held', 2 * 3_600_000);
  keep('held at the deadline');
  const revoke = story.refuse('issuer revoke');
  story.consume(...PODS);
  await story.told('ServiceUnavailable');
  keep('cannot revoke the old key');
  revoke.times = 0;
  await story.done(2);
  keep('settled again');
  story.change({ suspend: true });
  await story.told('Suspended');
  keep('suspended');
  story.change({ suspend: false });
  await story.told('Settled');
  writeOutside(story.world, PATH, { key: 'a-value-of-somebody-else' });
  story.annotate({ rotate: 'b' });
  await story.stalled();
  keep('in conflict with a foreign value');
  await story.world.stop();
}

async function leaving(album: Album): Promise<void> {
  const story = begin();
  await story.firstKey();
  story.annotate({ rotate: 'a' });
  await story.published();
  story.refuse('store write');
  deleteRotation(story);
  album.set('asked to go', shown(story));
  await story.told('ServiceUnavailable');
  album.set('going', shown(story));
  await story.world.stop();
}

async function withoutIssuer(album: Album): Promise<void> {
  const story = begin({ spec: { issuerRef: { name: 'missing' } } });
  story.create();
  await story.told('IssuerNotFound');
  album.set('names an issuer that is not there', shown(story));
  await story.world.stop();
}

async function withoutEnd(album: Album): Promise<void> {
  const story = begin({ spec: { schedule: { cron: '0 3 31 2 *' } } });
  story.create();
  await story.told('InvalidSpec');
  album.set('has a schedule that never fires', shown(story));
  await story.world.stop();
}

async function checks(album: Album): Promise<void> {
  const story = begin();
  const { kube, clock } = story.world;
  const look = (resource: string, name: string) =>
    kube.get({ resource: `${resource}.apikeyrotation.io`, namespace: NAMESPACE, name }) as Shown;
  album.set('an issuer, not checked yet', look('apikeyissuers', 'apio'));
  album.set('a store, not checked yet', look('keystores', 'vault'));
  const faults = [story.refuse('issuer check'), story.refuse('store check')];
  await clock.runUntil(() => isChecked(look('apikeyissuers', 'apio')) && isChecked(look('keystores', 'vault')), 60_000);
  album.set('an issuer whose check fails', look('apikeyissuers', 'apio'));
  album.set('a store whose check fails', look('keystores', 'vault'));
  for (const fault of faults) fault.times = 0;
  await clock.advance(60_000);
  album.set('an issuer that works', look('apikeyissuers', 'apio'));
  album.set('a store that works', look('keystores', 'vault'));
  await story.world.stop();
}

/** The reason of Rotating. */
export function rotatingOf(object: Shown | undefined): string | undefined {
  return object?.status?.conditions?.find(({ type }) => type === 'Rotating')?.reason;
}

function isChecked({ status }: Shown): boolean {
  return (status?.conditions?.length ?? 0) > 0;
}

function shown({ world }: Story): Shown {
  return structuredClone(world.rotation() ?? { metadata: { name: '' } });
}
