import type { PlannedTarget } from '../../../api/types.ts';
import type { Facts } from '../../../rotation/facts.ts';
import { committed, ownerOf } from '../../../rotation/transitions/status.ts';
import type { References } from '../references.ts';
import type { Effects } from './effects.ts';

export interface ForgetDeps {
  readonly references: Pick<References, 'store'>;
  readonly effectsFor: (facts: Facts) => Effects;
}

/**
 * Drops the keys that this rotation has replaced at its targets, where their stores kept them for it. Throws CallError while a target
 * of the plan cannot be reached; one that left the plan is tried once, so that it holds nothing up.
 */
export type ForgetReplaced = (facts: Facts) => Promise<void>;

export function createForget({ references, effectsFor }: ForgetDeps): ForgetReplaced {
  return async (facts) => {
    const { rotation } = facts.object.status ?? {};
    if (!rotation?.oldKey) return;
    const { oldKey, restoredKey } = rotation;
    const effects = effectsFor(facts);
    const attempt = { ...ownerOf(facts), ...committed(facts) };
    const forget = async (target: Place) => {
      const store = references.store(facts.object.metadata.namespace ?? '', target);
      if (!store.keepsVersions) await effects.forgetReplaced(store, target, attempt);
    };
    const planned = new Set(rotation.plan.targets.map(placeOf));
    // In a roll back also where the rotation before it was done without: the key that it restored was put aside there.
    const known = [...oldKey.targets, ...(restoredKey?.targets ?? [])];
    const dropped = known.filter((target) => !planned.has(placeOf(target)));
    for (const target of dropped) await forget({ ...target, storeName: target.storeName ?? '' }).catch(() => undefined);
    for (const target of rotation.plan.targets) await forget(target);
  };
}

type Place = Pick<PlannedTarget, 'name' | 'storeKind' | 'storeName' | 'address' | 'path'>;

function placeOf({ address, path }: Pick<Place, 'address' | 'path'>): string {
  return `${address} ${path}`;
}
