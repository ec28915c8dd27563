import type { ApiKeyRotation, RecordedKey } from '../../../src/api/types.ts';
import type { Owner } from '../../../src/key/attempt-id.ts';
import { fingerprint } from '../../../src/key/fingerprint.ts';
import { SecretValue } from '../../../src/key/secret-value.ts';
import { condemnedBy, type EntryOf, type Key, type Ledger, OUTSIDE, type Value } from '../ledger/ledger.ts';
import { servedBy } from './answers.ts';
import type { Invariant } from './invariant.ts';
import { committedIn, diesWithObject, isAfter, isOf, isOurs, ownerIn, placesOf, wasCommitted } from './reading.ts';

/** S4: what consumers read is alive. */
export const servedIsAlive: Invariant = {
  id: 'S4',
  on: ['Died', 'TargetWritten'],
  says: 'the current value of a target is alive at the issuer at every instant after first publish',
  broken(entry, ledger) {
    const isCause = entry.type === 'Died' || entry.type === 'TargetWritten';
    if (!isCause || !isOurs(entry)) return undefined;
    for (const path of ledger.rotation ? placesOf(ledger.rotation) : []) {
      const text = ledger.targets.get(path)?.text;
      const key = text === undefined ? undefined : ledger.keysByText.get(text);
      if (key && !key.alive() && isNews(entry, path, key.id) && !isExcused(key, path, ledger))
        return `${path} serves ${key.id}, which is dead`;
    }
    return undefined;
  },
};

/** A deletion with `Revoke` takes what is served. */
function isExcused(key: Key, path: string, ledger: Ledger): boolean {
  return diesWithObject(key.id, ledger) || isUnforeseen(key, path, ledger);
}

/** Whether outsiders put a key there so late that who condemned it had not seen it there. */
function isUnforeseen({ id, fingerprint }: Key, path: string, ledger: Ledger): boolean {
  const { entries } = ledger;
  const written = entries.findLastIndex((entry) => entry.type === 'TargetWritten' && entry.path === path);
  if (entries[written]?.by !== OUTSIDE) return false;
  const condemned = entries.findLastIndex(
    (entry) =>
      entry.type === 'StatusWritten' &&
      condemnedBy(entry.after).includes(id) &&
      !condemnedBy(entry.before).includes(id),
  );
  const by = entries[condemned]?.by;
  return !entries
    .slice(written, Math.max(written, condemned))
    .some(
      (entry) => entry.type === 'Answered' && entry.by === by && servedBy(entry, path)?.fingerprint === fingerprint,
    );
}

/** Whether this happening made it so. */
function isNews(entry: EntryOf<'Died'> | EntryOf<'TargetWritten'>, path: string, id: string): boolean {
  if (entry.type === 'Died') return entry.key.id === id;
  return entry.path === path && entry.before?.text !== entry.after?.text;
}

/** S5: rule W, judged by what really stood there. */
export const ruleW: Invariant = {
  id: 'S5',
  on: ['TargetWritten'],
  says: 'nothing but what rule W allows is ever replaced',
  broken(entry, ledger) {
    if (entry.type !== 'TargetWritten' || !isOurs(entry)) return undefined;
    const { before, after, path } = entry;
    if (!before) return undefined;
    if (!after?.marker) return `${path} was written without a marker`;
    const owner = ownerIn(ledger.rotation, ledger);
    if (path.endsWith('-previous'))
      return isOfOthers(before, owner) ? `${path}: a foreign value was replaced` : undefined;
    if (!isOf(after.marker, owner)) return `${path} was written with the marker of another`;
    if (before.marker && isOf(before.marker, owner)) {
      return isAfter(after.marker, before.marker)
        ? undefined
        : `${path}: a marker of ours was replaced by one not above it`;
    }
    const { current } = ledger.rotation?.status ?? {};
    const print = before.text === undefined ? undefined : ledger.keysByText.get(before.text)?.fingerprint;
    // Where versions name values, a value of the same text is another one.
    const recorded = current?.targets.find((target) => target.path === path);
    const isRecorded = before.texts !== undefined || before.version === recorded?.version;
    if (print !== undefined && print === current?.fingerprint && isRecorded) return undefined;
    if (before.text === undefined && !before.marker) return undefined;
    if (mayBeRepaired(entry, ledger)) return undefined;
    return `${path}: a foreign value was replaced`;
  },
};

/** Whether a Secret in which replaced keys are kept holds something that this rotation did not put there. */
function isOfOthers({ marker, texts = [] }: Value, owner: Owner): boolean {
  return texts.length > 0 && !(marker && isOf(marker, owner));
}

/** Whether the status says of exactly this value that a repair may replace it. */
function mayBeRepaired({ before, path }: EntryOf<'TargetWritten'>, { rotation }: Ledger): boolean {
  const { drift } = rotation?.status ?? {};
  const known = drift?.policy === 'Repair' && drift.targets.find((target) => target.path === path);
  if (!known || known.change === 'Foreign' || before?.text === undefined) return false;
  const isSameVersion = before.texts !== undefined || before.version === known.version;
  return isSameVersion && fingerprint(new SecretValue(before.text)) === known.fingerprint;
}

/** S10: one version a marker, and no marker without an attempt. */
export const oneVersionAMarker: Invariant = {
  id: 'S10',
  on: ['TargetWritten'],
  says: 'at most one version per (target, marker), unless an outsider took it away, and no marker above the committed attempt',
  broken(entry, ledger) {
    if (entry.type !== 'TargetWritten' || !isOurs(entry) || entry.path.endsWith('-previous')) return undefined;
    const { marker } = entry.after ?? {};
    if (!marker || !ledger.rotation) return undefined;
    const isAbove = isOf(marker, ownerIn(ledger.rotation, ledger)) && isAfter(marker, committedIn(ledger.rotation));
    if (!ledger.gone && isAbove && !wasCommitted(marker, ledger))
      return `${entry.path} carries marker ${marker.revision}.${marker.attempt}, which nobody committed`;
    const written = ledger.all('TargetWritten').filter(({ path }) => path === entry.path);
    const before = written.slice(0, -1);
    const own = before.slice(before.findLastIndex(({ by }) => by === OUTSIDE) + 1);
    return own.some(({ after }) => sameMarker(after?.marker, marker))
      ? `${entry.path} got two versions with marker ${marker.revision}.${marker.attempt}`
      : undefined;
  },
};

function sameMarker(a: Marker | undefined, b: Marker): boolean {
  return a?.uid === b.uid && a.revision === b.revision && a.attempt === b.attempt;
}

type Marker = NonNullable<NonNullable<EntryOf<'TargetWritten'>['after']>['marker']>;

/** S8: what is written for one object carries its uid. */
export const boundToObject: Invariant = {
  id: 'S8',
  on: ['StatusWritten', 'TargetWritten'],
  says: 'nothing of one uid or plan is applied to another, and no id of a key to the text of another',
  broken(entry, ledger) {
    if (entry.type === 'StatusWritten' && isOurs(entry)) return statusOfAnother(entry, ledger);
    if (entry.type !== 'TargetWritten' || !isOurs(entry)) return undefined;
    const { marker, text } = entry.after ?? {};
    // A fence writes again what stands there, whosever it is.
    if (text === entry.before?.text) return undefined;
    const key = text === undefined ? undefined : ledger.keysByText.get(text);
    const label = key?.label?.split('/')[1];
    if (!marker || marker.keyID === '' || label === undefined || entry.path.endsWith('-previous')) return undefined;
    if (marker.keyID !== key?.id) return `${entry.path}: the marker names ${marker.keyID}, the value is ${key?.id}`;
    return label === marker.uid || isAdopted(key?.id, ledger)
      ? undefined
      : `${entry.path}: a key of ${label} under a marker of ${marker.uid}`;
  },
};

/** What was adopted may carry the label of an object that is gone. */
function isAdopted(id: string | undefined, { rotation }: Ledger): boolean {
  const { current, rotation: running } = rotation?.status ?? {};
  return [current, running?.oldKey].some((key) => key?.adopted === true && key.keyID === id);
}

function statusOfAnother({ before, after }: EntryOf<'StatusWritten'>, ledger: Ledger): string | undefined {
  const { uid } = after.metadata;
  const attempt = after.status?.rotation?.attemptID.split('/')[1];
  if (attempt !== undefined && attempt !== uid) return `the status of ${uid} runs an attempt of ${attempt}`;
  const { current, rotation } = after.status ?? {};
  for (const key of [current, rotation?.newKey]) {
    if (key && isMisnamed(key, before, ledger)) return `the status names ${key.keyID} beside another key's text`;
    if (isAdopted(key?.keyID, ledger)) continue;
    const label = key && ledger.keys.get(key.keyID)?.label?.split('/')[1];
    if (label !== undefined && label !== uid) return `the status of ${uid} names a key of ${label}`;
  }
  return undefined;
}

/** Whether its id and its fingerprint are of two keys, and nobody wrote that into the status before. */
function isMisnamed({ keyID, fingerprint: print }: Named, { status }: ApiKeyRotation, { keys }: Ledger): boolean {
  const known = [status?.current, status?.rotation?.newKey, status?.rotation?.oldKey];
  const isKnown = known.some((each) => each?.keyID === keyID && each.fingerprint === print);
  return !isKnown && keys.get(keyID)?.fingerprint !== print && keys.has(keyID);
}

type Named = Pick<RecordedKey, 'keyID' | 'fingerprint'>;
