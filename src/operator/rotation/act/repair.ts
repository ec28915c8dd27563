import type { PlannedTarget, TargetVersion } from '../../../api/types.ts';
import { CallError } from '../../../http/call-error.ts';
import { driftAt } from '../../../rotation/drift.ts';
import type { Facts, RepairedFact } from '../../../rotation/facts.ts';
import { recordedAt } from '../../../rotation/replacement.ts';
import { samePlace } from '../../../rotation/same-place.ts';
import { recordedTarget } from '../../../rotation/transitions/recorded.ts';
import { committed, ownerOf, statusOf } from '../../../rotation/transitions/status.ts';
import { namespaceOf, planOf } from '../gather/planned.ts';
import { createRestore } from '../restoration.ts';
import { read, type TargetReading, targetFact } from '../target-io.ts';
import { createPublishAgain, type PublishAgainDeps } from './publish-again.ts';

/** Writes the current key again where status records that it has drifted, under the attempt that was committed for that. */
export type Repair = (facts: Facts) => Promise<RepairedFact>;

/** What rule W forbids now: somebody has written there since the repair began. */
const STOPS: ReadonlySet<string> = new Set(['ForeignValue', 'ForeignMarker']);

export function createRepair(deps: PublishAgainDeps): Repair {
  const { references } = deps;
  const restore = createRestore(references);
  const publishAgain = createPublishAgain(deps);

  function readDrifted(facts: Facts): Promise<readonly TargetReading[]> {
    const { drift } = statusOf(facts);
    const isDrifted = (target: PlannedTarget) =>
      drift?.targets.some((known) => known.change !== 'Foreign' && samePlace(known, target)) === true;
    const targets = planOf(facts).targets.filter(isDrifted);
    return Promise.all(targets.map((target) => read(target, references.store(namespaceOf(facts), target))));
  }

  async function write(facts: Facts, wrong: readonly TargetReading[]): Promise<RepairedFact> {
    const { current } = statusOf(facts);
    const attempt = { ...ownerOf(facts), ...committed(facts) };
    if (!current) return stopped('there is no current key');
    const found = await restore(namespaceOf(facts), attempt, planOf(facts), current);
    if (found.type === 'None') return stopped(found.message);
    const holding = await publishAgain(facts, {
      current,
      held: found.held,
      attempt,
      readings: wrong,
      recordedAt: (target) => recordedAt(target, statusOf(facts)),
    });
    if (holding.type !== 'Delivered') return stopped('another attempt has written there');
    const { targets } = holding.delivered;
    return { type: 'Done', targets: wrong.map(({ target }) => versionOf(target, targets)) };
  }

  return async (facts) => {
    const readings = await readDrifted(facts);
    // Who has put it right meanwhile is not written over.
    const [wrong, right] = partition(readings, (reading) => driftAt(targetFact(reading), facts) !== undefined);
    const repaired = wrong.length === 0 ? NOTHING : await write(facts, wrong).catch(stoppedByOthers);
    if (repaired.type === 'Stopped') return repaired;
    const seen = right.map(({ target, stored }) => recordedTarget(target, stored));
    return { type: 'Done', targets: [...repaired.targets, ...seen] };
  };
}

const NOTHING: RepairedFact = { type: 'Done', targets: [] };

function stopped(message: string): RepairedFact {
  return { type: 'Stopped', message };
}

function stoppedByOthers(error: unknown): RepairedFact {
  if (error instanceof CallError && STOPS.has(error.reason)) return stopped(error.message);
  throw error;
}

function versionOf(
  target: PlannedTarget,
  written: readonly { readonly name: string; readonly version?: string; readonly createdTime?: string }[],
): TargetVersion {
  return recordedTarget(
    target,
    written.find(({ name }) => name === target.name),
  );
}

function partition<T>(all: readonly T[], isFirst: (each: T) => boolean): readonly [readonly T[], readonly T[]] {
  return [all.filter(isFirst), all.filter((each) => !isFirst(each))];
}
