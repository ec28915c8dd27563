import type { EntryOf, Ledger, Value } from '../ledger/ledger.ts';
import type { Invariant } from './invariant.ts';
import { isOurs, isSaidToLeak } from './reading.ts';

/**
 * S14 as consumers rely on it who try the key before when the present one is refused: a write that replaces the old key shows it from
 * then on, and no write takes it away while its rotation runs. That it lives so long is what `bothAlive` asks.
 */
export const previousIsShown: Invariant = {
  id: 'S14',
  on: ['TargetWritten'],
  says: 'a target that is to show the key before shows the old key from publishing on, and nothing else that stood there',
  broken(entry, ledger) {
    if (entry.type !== 'TargetWritten' || !isOurs(entry) || !isToShow(entry.path, ledger)) return undefined;
    const { status } = ledger.rotation ?? {};
    const { before, after, path } = entry;
    const old = ledger.keys.get(status?.rotation?.oldKey?.keyID ?? '');
    const shown = after?.previous || undefined;
    // A fence writes again what stands there.
    if (before?.text === after?.text && before?.previous === after?.previous) return undefined;
    if (shown !== undefined && shown !== old?.text) return `${path} shows another text as the key before`;
    if (after?.marker?.revision !== status?.revision) return undefined;
    const isLost = old && holds(before, old.text) && shown === undefined && !isSaidToLeak(old.id, ledger);
    return isLost ? `${path} does not show key ${old.id}, which was replaced there` : undefined;
  },
};

function holds(value: Value | undefined, text: string): boolean {
  return value?.text === text || value?.previous === text;
}

/** Whether the plan has the target show the key before, in the field that the ledger keeps. */
function isToShow(path: EntryOf<'TargetWritten'>['path'], { rotation }: Ledger): boolean {
  const target = rotation?.status?.rotation?.plan.targets.find((each) => each.path === path);
  return target?.fields.previous === 'previousKey';
}
