import { ANNOTATION } from '../../../src/api/names.ts';
import { rotations } from '../../../src/api/resources.ts';
import { NAME, NAMESPACE, type World } from '../kernel/world.ts';

/** Whatever was under way when a rotation was parked is carried out by now. */
const LOOKS_AFTER_MS = 600_000;

/** Whether the rotation waits for a person who looks at the issuer. */
export function isParked(world: World): boolean {
  const { metadata, status } = world.rotation() ?? {};
  return status?.rotation?.parked === true && metadata?.deletionTimestamp === undefined;
}

/** Whether the issuer can always tell what became of a call: then nobody has to be asked. */
export function canTell({ setting: { issuer } }: World): boolean {
  return issuer.list || (issuer.replay !== 'None' && issuer.replayWindowMs === undefined);
}

/**
 * A person does what a parked rotation asks for, and no more: revokes the keys with the labels that it names, and allows one more
 * issue call.
 */
export async function helpParked(world: World): Promise<void> {
  const { scheduler, storage, apio } = world;
  await scheduler.runUntil(() => false, LOOKS_AFTER_MS);
  const { attempt, conditions = [] } = world.rotation()?.status ?? {};
  const words = conditions.find(({ type }) => type === 'Stalled')?.message.split(/[\s,]+/) ?? [];
  for (const { id, label } of apio.keys) {
    if (label !== undefined && words.includes(label)) world.outside(() => apio.revokeOutside(id));
  }
  const annotations = { [ANNOTATION.rotate]: `looked-after-${attempt}` };
  const ref = { resource: rotations, namespace: NAMESPACE, name: NAME };
  world.outside(() => storage.mergePatch(ref, { metadata: { annotations } }, 'object'));
  await scheduler.runUntil(() => !isParked(world), LOOKS_AFTER_MS);
}
