import { resourceKey } from '../../../sandbox/kube/engine/resource.ts';
import { parseAttemptId } from '../../../src/key/attempt-id.ts';
import { parseMarker } from '../../../src/key/marker.ts';
import { TARGETS } from './places.ts';
import { INSTALLATION, type World } from './world.ts';

/** A sentence for each broken promise that the state of the world shows now; `test/simulation/invariants` asks for all of them, of history. */
export function violations(world: World): string[] {
  return [
    ...oneLiveKeyAnAttempt(world),
    ...currentValueIsAlive(world),
    ...revokedWithReason(world),
    ...noPlaintext(world),
    ...oneVersionAMarker(world),
  ];
}

/** At rest: S2, the live keys with our label are exactly those that status names. */
export function violationsAtRest(world: World): string[] {
  const { current, rotation } = world.rotation()?.status ?? {};
  const named = [current?.keyID, rotation?.oldKey?.keyID, rotation?.newKey?.keyID]
    .filter((id) => id !== undefined)
    .sort();
  const live = liveKeys(world)
    .map((key) => key.id)
    .sort();
  return JSON.stringify(live) === JSON.stringify([...new Set(named)])
    ? []
    : [`S2 live keys ${live}, status names ${named}`];
}

function liveKeys({ apio }: World) {
  return apio.keys.filter((key) => key.label?.startsWith(`${INSTALLATION}/`) && apio.statusOf(key) === 'active');
}

/** S1. */
function oneLiveKeyAnAttempt(world: World): string[] {
  const labels = liveKeys(world).map((key) => key.label);
  return labels
    .filter((label, index) => labels.indexOf(label) !== index)
    .map((label) => `S1 two live keys of attempt ${label}`);
}

/** S4: after the first publish the value at the target is a living key at every instant. */
function currentValueIsAlive({ stores, places, apio }: World): string[] {
  return stores.flatMap((type) => {
    const text = places.serving(TARGETS[type].path)?.key;
    const key = apio.keys.find((candidate) => candidate.text === text);
    if (text === undefined || (key && apio.statusOf(key) === 'active')) return [];
    return [`S4 the target serves a key that is dead or unknown (${key?.id})`];
  });
}

/** S3 and S7: whatever is dead was named by a committed intent or list, or was never published. An object that is gone tells no more. */
function revokedWithReason(world: World): string[] {
  if (!world.rotation()) return [];
  const { rotation, history = [], abandoned = [], deletion } = world.rotation()?.status ?? {};
  const named = new Set([
    rotation?.revokeIntent?.keyID,
    ...history.map((entry) => entry.revokedKeyID),
    ...abandoned.map((key) => key.keyID),
    ...(deletion?.keyIDs ?? []),
  ]);
  const published = new Set(world.places.written().map(({ key }) => key));
  const dead = world.apio.keys.filter(
    (key) => key.label && world.apio.statusOf(key) !== 'active' && published.has(key.text),
  );
  return dead
    .filter((key) => !named.has(key.id))
    .map((key) => `S3 key ${key.id} was published and died without a committed intent`);
}

/** How far a world was searched for key text, and what was found. */
interface Searched {
  lines: number;
  resourceVersion: string | undefined;
  readonly found: Set<string>;
}

const searched = new WeakMap<World, Searched>();

/**
 * S9: key text stands nowhere but at the issuer and in the store. Only what is new since the last call is searched, and no CRDs:
 * nobody but the world itself writes them.
 */
function noPlaintext(world: World): string[] {
  const { apio, kube, logs } = world;
  const state = searched.get(world) ?? { lines: 0, resourceVersion: undefined, found: new Set<string>() };
  searched.set(world, state);
  const search = (place: string, text: string) => {
    for (const key of apio.keys)
      if (text.includes(key.text)) state.found.add(`S9 the text of key ${key.id} stands in ${place}`);
  };
  search('log', logs.slice(state.lines).join('\n'));
  state.lines = logs.length;
  if (state.resourceVersion !== kube.resourceVersion) {
    for (const definition of kube.resources()) {
      const resource = resourceKey(definition);
      const isStore = resource === 'secrets' && world.stores.includes('KubernetesSecret');
      const isWritten = !resource.startsWith('customresourcedefinitions.');
      if (definition.stored && isWritten && !isStore) search(resource, JSON.stringify(kube.list({ resource }).items));
    }
  }
  state.resourceVersion = kube.resourceVersion;
  return [...state.found];
}

/** S10: one version a marker, and no marker without an attempt. */
function oneVersionAMarker(world: World): string[] {
  if (!world.rotation()) return [];
  const held = world.places.written().flatMap(({ path, marker }) => (marker === undefined ? [] : [{ path, marker }]));
  const markers = held.map(({ marker }) => marker);
  const places = held.map(({ path, marker }) => `${path} ${marker}`);
  const twice = places.filter((place, index) => places.indexOf(place) !== index);
  const { revision = 0, attempt = 0 } = world.rotation()?.status ?? {};
  const future = markers.filter((text) => {
    const marker = parseMarker(text);
    return !marker || marker.revision > revision || (marker.revision === revision && marker.attempt > attempt);
  });
  return [
    ...twice.map((marker) => `S10 two versions with marker ${marker}`),
    ...future.map((marker) => `S10 marker ${marker} without a committed attempt`),
  ];
}

/** How many issue calls an attempt made: never more than one. */
export function repeatedIssues({ apio }: World): string[] {
  const labels = apio.keys.flatMap((key) => (parseAttemptId(key.label) ? [key.label] : []));
  return labels
    .filter((label, index) => labels.indexOf(label) !== index)
    .map((label) => `S1 attempt ${label} made two keys`);
}
