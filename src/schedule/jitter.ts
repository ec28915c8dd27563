/**
 * A number in [0, 1) that depends on uid and tick alone, so that every process and every restart finds the same delay,
 * and many objects with one cron expression spread out. FNV-1a, then murmur3's finalizer to mix the last characters in.
 */
export function shareOf(uid: string, tickMs: number): number {
  let hash = 0x811c9dc5;
  for (const character of `${uid}/${tickMs}`) {
    hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  }
  return mix(hash) / 2 ** 32;
}

function mix(hash: number): number {
  let h = hash;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
