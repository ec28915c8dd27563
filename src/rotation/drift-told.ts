import type { DriftedTarget, DriftRecord, RotationStatus } from '../api/types.ts';
import { toTimestamp } from './duration.ts';
import type { Explanation } from './explanation.ts';
import type { Facts } from './facts.ts';
import { isRepaired, pauseEnd } from './repair-limit.ts';
import { repairCommand, rotateCommand } from './requests.ts';

/** What conditions say of drift. `isServed`: consumers read the current key everywhere all the same. */
export interface DriftTold {
  readonly told: Explanation;
  readonly needsHuman: boolean;
  readonly isServed: boolean;
}

/** What is told of the drift that status records; undefined where there is none, or a rotation runs that writes everywhere anyway. */
export function driftTold(facts: Facts, { drift, rotation, current }: RotationStatus): DriftTold | undefined {
  if (!drift || rotation || !current) return undefined;
  const { targets, seenAt, gaveUp = false } = drift;
  const found = targets.map((target) => driftText(target, current.keyID)).join('; ');
  const isOthers = targets.every(isForeign);
  return {
    told: {
      reason: gaveUp ? 'RepairedTooOften' : 'Drifted',
      message: `${found}; seen at ${seenAt}. ${wayOut(facts, drift, isOthers)}`,
    },
    needsHuman: gaveUp || isOthers || !isRepaired(facts),
    isServed: targets.every(({ change }) => change === 'Unmarked'),
  };
}

/** Who, and what has become of the key there. */
export function driftText({ name, path, change }: DriftedTarget, keyID: string): string {
  return `target ${name}: ${path} ${FOUND[change](keyID)}`;
}

export function isForeign({ change }: Pick<DriftedTarget, 'change'>): boolean {
  return change === 'Foreign';
}

const FOUND: Readonly<Record<DriftedTarget['change'], (keyID: string) => string>> = {
  Deleted: (keyID) => `is gone, it held key ${keyID}`,
  Changed: (keyID) => `no longer holds key ${keyID}, its value was changed`,
  Unmarked: (keyID) =>
    `holds key ${keyID} in a version that this rotation did not write, so that the next one may not replace it`,
  Foreign: (keyID) => `no longer holds key ${keyID} but a value of another rotation, or of somebody else`,
};

function wayOut(facts: Facts, { gaveUp }: DriftRecord, isOthers: boolean): string {
  if (isOthers)
    return 'That is not written over: choose another path in spec.targets, or remove that value, and the rotation that writes it if there is one';
  if (gaveUp)
    return `It was written again ${REPEATEDLY} and changed each time: stop whoever writes there, then ask for another key: ${rotateCommand(facts)}`;
  if (!isRepaired(facts))
    return `Nothing is written there: restore that value, or have the key written there again: ${repairCommand(facts)}`;
  const next = pauseEnd(facts);
  const when = next > 0 ? `, after ${toTimestamp(next)}` : '';
  return `It is written again${when}; to have it reported only, set spec.onDrift to Report`;
}

const REPEATEDLY = 'as often as is allowed within seven days';
