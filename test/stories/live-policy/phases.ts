import type { World } from '../world/world.ts';

/** A moment of a rotation: right after an outside call by which it has come this far. */
export interface Phase {
  readonly name: string;
  /** Whether the moment has come; asked after each call since the rotation was asked for. */
  readonly hasCome: (world: World) => boolean;
  /** How many of the two pods have moved then. */
  readonly moved: 1 | 2;
  /** It comes only when every consumer has moved. */
  readonly needsAll?: true;
  /** The old key is doomed: nobody is waited for any more. */
  readonly afterIntent?: true;
}

const last = (world: World, call: string) => world.calls.at(-1) === call;
const rotation = (world: World) => world.rotation()?.status?.rotation;
const isWaitTold = (world: World) =>
  rotation(world)?.consumers?.some(({ state, message }) => state === 'Pending' && message !== undefined) === true;

/** In the order in which they come. */
export const PHASES: readonly Phase[] = [
  { name: 'between intent and issue', moved: 2, hasCome: (world) => rotation(world)?.trigger === 'Requested' },
  { name: 'after the key was issued', moved: 2, hasCome: (world) => last(world, 'issuer issue') },
  { name: 'after a target was written', moved: 2, hasCome: (world) => last(world, 'store write') },
  { name: 'while consumers are waited for', moved: 1, hasCome: isWaitTold },
  {
    name: 'in the grace period',
    moved: 2,
    needsAll: true,
    hasCome: (world) => rotation(world)?.migratedAt !== undefined,
  },
  {
    name: 'after the revocation was decided',
    moved: 2,
    needsAll: true,
    afterIntent: true,
    hasCome: (world) => rotation(world)?.revokeIntent !== undefined,
  },
  {
    name: 'after the old key was revoked',
    moved: 2,
    needsAll: true,
    afterIntent: true,
    hasCome: (world) => last(world, 'issuer revoke'),
  },
];
