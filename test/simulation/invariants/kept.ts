import { ANNOTATION } from '../../../src/api/names.ts';
import type { ApiKeyRotation } from '../../../src/api/types.ts';
import type { Ledger, Value } from '../ledger/ledger.ts';
import type { Invariant } from './invariant.ts';
import { isOurs } from './reading.ts';

/** Where a Secret keeps what was replaced in the one beside it. */
const BESIDE = /-previous$/;

/** S14 as a roll back needs it: a store without earlier versions still has the text of the key to be retired. */
export const oldTextIsKept: Invariant = {
  id: 'S14',
  on: ['TargetWritten'],
  says: 'until the intent to revoke, no write of ours takes the last text of the old key, or of one that is published again',
  broken(entry, ledger) {
    if (entry.type !== 'TargetWritten' || !isOurs(entry) || ledger.gone) return undefined;
    const { metadata, status } = ledger.rotation ?? {};
    const { oldKey, restoredKey, revokeIntent } = status?.rotation ?? {};
    if (metadata?.deletionTimestamp || revokeIntent) return undefined;
    const lost = [oldKey, restoredKey].find((needed) => {
      const key = ledger.keys.get(needed?.keyID ?? '');
      return key?.alive() && holds(entry.before, key.text) && !isHeld(key.text, ledger);
    });
    return lost && `the text of key ${lost.keyID}, which is still needed, is lost by a write to ${entry.path}`;
  },
};

function holds(value: Value | undefined, text: string): boolean {
  return value?.texts?.includes(text) === true;
}

function isHeld(text: string, { targets }: Ledger): boolean {
  return [...targets.values()].some((value) => holds(value, text));
}

/** S9, asked at rest only: what was replaced stands nowhere any more. */
export function keptTexts(ledger: Ledger): string | undefined {
  const { targets, gone, rotation } = ledger;
  if (!rotation || (!gone && rotation.status?.rotation)) return undefined;
  const dropped = droppedPath(rotation);
  const kept = [...targets]
    .filter(([path, { texts = [] }]) => BESIDE.test(path) && texts.length > 0)
    .find(([path]) => path.replace(BESIDE, '') !== dropped && !wasWrittenAfterwards(path, ledger));
  return kept && `S9 at rest ${kept[0]} still keeps what was replaced`;
}

/** By a process that stood still until the object was gone. */
function wasWrittenAfterwards(path: string, ledger: Ledger): boolean {
  const removal = ledger.gone && ledger.last('ObjectWritten', ({ after }) => after === undefined);
  const written = ledger.last('TargetWritten', (entry) => entry.path === path);
  return removal && written !== undefined ? written.at > removal.at : false;
}

/** Of a target that a person gave up: what it keeps is dropped in one try, or with the next rotation that reaches it. */
function droppedPath({ metadata, spec }: ApiKeyRotation): string | undefined {
  const [, name] = metadata.annotations?.[ANNOTATION.dropTarget]?.split('/') ?? [];
  return spec.targets.find((target) => target.name === name)?.path;
}
