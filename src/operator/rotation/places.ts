import type { ApiKeyRotation } from '../../api/types.ts';
import { sameValue } from '../../rotation/same-value.ts';
import type { Cache } from '../../runtime/cache.ts';
import { createKeyIndex } from '../../runtime/key-index.ts';
import { objectKey } from '../../runtime/object-key.ts';
import type { Planner } from './gather/plan.ts';

/**
 * Rotations by the places that they write to. By path alone they would not do: each of ten thousand namespaces may have a Secret of the
 * same name, and every decision about one of them would go through them all. The store has a part in where a place is, so a rotation is
 * noted anew when its store has changed.
 */
export interface Places {
  /** Takes note of where a rotation writes now. */
  note(rotation: ApiKeyRotation): void;
  forget(rotation: ApiKeyRotation): void;
  /** Another rotation that writes to one of its places, and satisfies `fits`. */
  findOther(rotation: ApiKeyRotation, fits: (other: ApiKeyRotation) => boolean): ApiKeyRotation | undefined;
}

export interface PlacesDeps {
  readonly planner: Pick<Planner, 'places'>;
  readonly rotations: Pick<Cache<ApiKeyRotation>, 'get'>;
}

export function createPlaces({ planner, rotations }: PlacesDeps): Places {
  const keys = createKeyIndex();
  const noted = new Map<string, readonly string[]>();

  function forgetKey(key: string): void {
    for (const place of noted.get(key) ?? []) keys.remove(place, key);
    noted.delete(key);
  }

  return {
    forget: (rotation) => forgetKey(objectKey(rotation)),
    note(rotation) {
      const [key, places] = [objectKey(rotation), planner.places(rotation)];
      // Nearly every change is one of the status alone.
      if (sameValue(noted.get(key) ?? [], places)) return;
      forgetKey(key);
      noted.set(key, places);
      for (const place of places) keys.add(place, key);
    },
    findOther(rotation, fits) {
      for (const place of planner.places(rotation)) {
        for (const key of keys.of(place)) {
          const other = rotations.get(key);
          if (other && other.metadata.uid !== rotation.metadata.uid && fits(other)) return other;
        }
      }
      return undefined;
    },
  };
}
