import type { ApioKey } from '../../../sandbox/apio/engine/types.ts';
import { attemptOf, isOf } from '../invariants/reading.ts';
import type { World } from '../kernel/world.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Neighbour } from './neighbour.ts';

/** Which of the two a key was issued for; undefined where its label names neither. */
function ownerOf(key: ApioKey, neighbours: readonly Neighbour[]): Neighbour | undefined {
  return neighbours.find(({ owner }) => attemptOf({ label: key.label }, owner()) !== undefined);
}

/** S8, when a key dies: its own object has said so, and no place serves it. */
export function wrongfulDeath(world: World, id: string, neighbours: readonly Neighbour[]): string[] {
  const key = world.apio.keys.find((each) => each.id === id);
  const owner = key && ownerOf(key, neighbours);
  if (!key || !owner) return [`S8 key ${id} of nobody died`];
  const servedBy = neighbours.filter((each) => each.world.ledger.targets.get(each.path)?.text === key.text);
  return [
    ...(owner.condemned.has(id) ? [] : [`S8 key ${id} of ${owner.name} died without its word`]),
    ...servedBy.map(({ name }) => `S4 key ${id} died while ${name} served it`),
  ];
}

/** S8, when a place is written: marker and key are of the object whose place it is. */
export function wrongfulWrite(ledger: Ledger, path: string, neighbours: readonly Neighbour[]): string[] {
  const neighbour = neighbours.find((each) => each.world.ledger === ledger && each.path === path);
  const { text, marker } = ledger.targets.get(path) ?? {};
  const key = neighbour?.world.apio.keys.find((each) => each.text === text);
  if (neighbour && marker && key && isOf(marker, neighbour.owner()) && ownerOf(key, [neighbour])) return [];
  return [`S8 ${path} of ${neighbour?.name} was given key ${key?.id} (${key?.label}) under ${JSON.stringify(marker)}`];
}

/** S2 and S8 at rest: of each object exactly the key lives that its status names, and its place serves that one. */
export function wrongAtRest(neighbours: readonly Neighbour[]): string[] {
  return neighbours.flatMap(({ name, path, world: { apio, ledger }, owner, status }) => {
    const own = apio.keys.filter(({ label }) => attemptOf({ label }, owner()) !== undefined);
    const live = own.filter((key) => apio.statusOf(key) === 'active').map(({ id }) => id);
    const served = apio.keys.find(({ text }) => text === ledger.targets.get(path)?.text)?.id;
    const named = status().current?.keyID;
    if (named !== undefined && live.join() === named && served === named) return [];
    return [`S8 of ${name} live ${live}, its status names ${named}, its place serves ${served}`];
  });
}
