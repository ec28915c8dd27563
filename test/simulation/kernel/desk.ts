import type { ApioKey } from '../../../sandbox/apio/engine/types.ts';
import { ANNOTATION } from '../../../src/api/names.ts';
import { rotations } from '../../../src/api/resources.ts';
import { secrets } from '../../../src/runtime/kube/resources.ts';
import { NAME, NAMESPACE, type World } from './world.ts';

/** What a person gives for a request, before the key that was asked for. */
export type Mistake =
  /** The key that was given last. */
  | 'Old'
  /** The text of a key where its id belongs, and the other way round. */
  | 'Swapped'
  /** A key of the other environment: only a probe can tell. */
  | 'OtherWorld';

/** A person who issues and revokes keys as the documentation says. */
export interface Desk {
  /** What goes wrong with the next deliveries, in this order. */
  readonly mistakes: Mistake[];
  /** Whether it gives the key of the next request once more after it was taken. */
  twice: boolean;
  /** Whether it says of keys that they are revoked before they are. */
  hasty: boolean;
}

/** It looks this often, and does what it is asked for the second time that it sees it. */
const LOOKS_EVERY_MS = 12_000;
/** It revokes a key so long after it was asked for that. */
const REVOKES_AFTER_MS = 20_000;
/** What is still asked for after so long is given again: what was given before has come to nothing. */
const AGAIN_MS = 300_000;
const ROTATION = { resource: rotations, namespace: NAMESPACE, name: NAME };
const HANDOVER = { resource: secrets, namespace: NAMESPACE, name: `${NAME}-delivered-key` };

interface Handed {
  readonly keyID: string;
  readonly key: string;
}

/** Starts to look after the requests of the one rotation. */
export function startDesk(world: World): Desk {
  const { scheduler, storage, apio } = world;
  const desk: Desk = { mistakes: [], twice: false, hasty: false };
  /** When each request, or each key to be revoked, was first seen, and when a key was given for it. */
  const [seenAt, givenAt] = [new Map<string, number>(), new Map<string, number>()];
  let last: Handed | undefined;

  function turn(): void {
    scheduler.after(LOOKS_EVERY_MS, turn);
    const { conditions = [], rotation } = world.rotation()?.status ?? {};
    const { reason, message = '' } = conditions.find(({ type }) => type === 'Rotating') ?? {};
    if (reason === 'KeyRequested') give(rotation?.attemptID ?? '', message);
    else if (desk.twice && last && !storage.find(HANDOVER)) giveAgain(last);
    if (reason === 'RevocationRequested')
      for (const [, keyID = ''] of message.matchAll(/evoke API key ([\w-]+)/g)) revoke(keyID);
  }

  function isSecondLook(what: string): boolean {
    const isSeen = seenAt.has(what);
    seenAt.set(what, seenAt.get(what) ?? scheduler.now);
    return isSeen;
  }

  function give(request: string, message: string): void {
    if (storage.find(HANDOVER)) {
      // Whoever is told that it is not taken removes it, and gives another one the next time.
      if (message.includes('is not taken')) remove(request);
      return;
    }
    const isGiven = scheduler.now - (givenAt.get(request) ?? Number.NEGATIVE_INFINITY) < AGAIN_MS;
    if (isGiven || !isSecondLook(request)) return;
    givenAt.set(request, scheduler.now);
    hand(next());
  }

  function remove(request: string): void {
    world.outside(() => storage.delete(HANDOVER));
    givenAt.delete(request);
  }

  function next(): Handed {
    const mistake = desk.mistakes.shift();
    if (mistake === 'Old' && last) return last;
    const { id: keyID, text: key } = issue(mistake === 'OtherWorld' ? 'Test' : 'Live');
    if (mistake === 'Swapped') return { keyID: key, key: keyID };
    if (mistake !== 'OtherWorld') last = { keyID, key };
    return { keyID, key };
  }

  function issue(environment: 'Live' | 'Test'): ApioKey {
    const manager = apio.keys.find((key) => key.manager && key.environment === environment);
    const request = { organization: 'acme', environment, permissions: ['payments:read'], label: undefined };
    return world.outside(() => apio.issue(manager ?? apio.createManager(environment, 'acme'), request, undefined).key);
  }

  function hand(handed: Handed): void {
    const data = Object.entries(handed).map(([name, text]) => [name, Buffer.from(text).toString('base64')]);
    const body = { metadata: { name: HANDOVER.name }, type: 'Opaque', data: Object.fromEntries(data) };
    world.outside(() => storage.create(secrets, NAMESPACE, body));
  }

  /** By oversight; it is removed a little later. */
  function giveAgain(handed: Handed): void {
    desk.twice = false;
    hand(handed);
    scheduler.after(LOOKS_EVERY_MS * 5, () => storage.find(HANDOVER) && remove(''));
  }

  function revoke(keyID: string): void {
    const key = apio.keys.find(({ id }) => id === keyID);
    if (!key) return;
    if (desk.hasty || apio.statusOf(key) !== 'active') confirm(keyID);
    if (seenAt.has(keyID)) return;
    seenAt.set(keyID, scheduler.now);
    // What it was asked for once it does, though nobody asks any more because it was believed to have done it.
    scheduler.after(REVOKES_AFTER_MS, () => world.asked(() => apio.revokeOutside(keyID)));
  }

  function confirm(keyID: string): void {
    const annotations = { [ANNOTATION.revocationConfirmed]: keyID };
    world.outside(() => storage.mergePatch(ROTATION, { metadata: { annotations } }, 'object'));
  }

  scheduler.after(LOOKS_EVERY_MS, turn);
  return desk;
}
