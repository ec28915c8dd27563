import type { ApiKeyRotation } from '../../../src/api/types.ts';
import type { KeyRecord } from '../../../src/issuers/port.ts';
import type { Call } from '../kernel/faults.ts';
import { isStoreTrouble } from '../kernel/store-troubles.ts';
import type { Entry, EntryOf, Key, Ledger } from '../ledger/ledger.ts';
import type { Invariant } from './invariant.ts';
import {
  attemptOf,
  committedIn,
  diesWithObject,
  isAfter,
  isOurs,
  isSaidToLeak,
  namedKeys,
  ownerIn,
  wasCommitted,
  wasServed,
} from './reading.ts';
import { timesBegun } from './restoring.ts';

/** S1: an attempt makes one key. */
export const oneKeyAnAttempt: Invariant = {
  id: 'S1',
  on: ['Issued'],
  says: 'at most one live key an attempt, and none before its intent; an issuer that neither replays nor lists is never asked twice unless a person says so',
  broken(entry, ledger) {
    if (entry.type !== 'Issued') return undefined;
    const owner = ownerIn(ledger.rotation, ledger);
    const twins = [...ledger.keys.values()].filter((key) => key.label === entry.key.label && key.alive());
    const attempt = attemptOf(entry.key, owner);
    if (entry.key.label !== undefined && twins.length > Math.max(1, attempt ? timesBegun(attempt, ledger) : 0))
      return `two live keys of attempt ${entry.key.label}`;
    if (attempt && isOurs(entry) && !wasCommitted(attempt, ledger))
      return `a key of attempt ${entry.key.label}, which nobody committed`;
    const { replay, list } = ledger.circumstances.issuer;
    if (replay !== 'None' || list || !attempt) return undefined;
    const before = ledger.last(
      'Issued',
      // One that a status has condemned was seen: it is no reason to hold back.
      ({ key }) =>
        key !== entry.key &&
        key.alive() &&
        !ledger.condemned.has(key.id) &&
        attemptOf(key, owner)?.revision === attempt.revision,
    );
    return before && !isAskedSince(before, ledger)
      ? `a second key of revision ${attempt.revision} at an issuer that is blind`
      : undefined;
  },
};

/** Whether a person has asked for a rotation, and was heard, since this happened. */
function isAskedSince({ at }: Entry, ledger: Ledger): boolean {
  const heard = ({ status }: ApiKeyRotation) => status?.lastHandled?.rotate;
  return (
    ledger.last('StatusWritten', (write) => write.at >= at && heard(write.after) !== heard(write.before)) !== undefined
  );
}

/** S7: nothing dies that no committed status has condemned, but what its holder never published. */
export const condemnedFirst: Invariant = {
  id: 'S7',
  on: ['Died'],
  says: 'no revocation without a committed intent, abandoned or deletion entry, except of a never published key in its holder’s hand',
  broken(entry, ledger) {
    if (entry.type !== 'Died' || !isOurs(entry) || ledger.condemned.has(entry.key.id)) return undefined;
    const issued = ledger.last('Issued', ({ key }) => key.id === entry.key.id);
    if (issued?.by === entry.by && !wasServed(entry.key, ledger)) return undefined;
    return `key ${entry.key.id} died uncondemned`;
  },
};

/** S7, second half: an intent ends only with its rotation. */
export const noWayBack: Invariant = {
  id: 'S7',
  on: ['StatusWritten'],
  says: 'after revokeIntent no roll back: the intent stands until its rotation is done',
  broken(entry) {
    if (entry.type !== 'StatusWritten' || !isOurs(entry)) return undefined;
    const [was, is] = [entry.before.status?.rotation, entry.after.status?.rotation];
    if (!was?.revokeIntent) return undefined;
    if (is) return is.revokeIntent?.keyID === was.revokeIntent.keyID ? undefined : 'a committed intent was taken back';
    const { current } = entry.after.status ?? {};
    return current?.keyID === was.newKey?.keyID ? undefined : 'a rotation with an intent ended without its new key';
  },
};

/** S14: both keys live while consumers move. */
export const bothAlive: Invariant = {
  id: 'S14',
  on: ['Died'],
  says: 'from publishing to revoke both keys live',
  broken(entry, ledger) {
    if (entry.type !== 'Died' || !isOurs(entry)) return undefined;
    const { rotation } = ledger.rotation?.status ?? {};
    if (!rotation?.publishedAt || diesWithObject(entry.key.id, ledger)) return undefined;
    if (entry.key.id === rotation.newKey?.keyID) return `the new key ${entry.key.id} died while consumers moved to it`;
    const early = entry.key.id === rotation.oldKey?.keyID && !wasIntended(entry.key.id, ledger);
    return early ? `the old key ${entry.key.id} died while consumers moved` : undefined;
  },
};

/** Whether an intent to revoke it was ever committed: one that a restore took away was decided all the same. */
function wasIntended(keyID: string, ledger: Ledger): boolean {
  const intends = ({ after }: EntryOf<'StatusWritten'>) => after.status?.rotation?.revokeIntent?.keyID === keyID;
  return ledger.last('StatusWritten', intends) !== undefined;
}

/**
 * S14, second half: when a key is made for the attempt that is committed, one lives that consumers may use. More live beside the
 * two only as orphans, of a call that came late, whose answer was lost or whose claim a restore took away, which nobody was ever served (S2 asks that they are gone
 * at rest); as a key that a status has condemned, for one a replaced key until consumers have left it; and as one of which a person
 * says that it has leaked.
 */
export const neverThree: Invariant = {
  id: 'S14',
  on: ['Issued'],
  says: 'never more than two live keys: none is made while two that were served live on',
  broken(entry, ledger) {
    if (entry.type !== 'Issued' || !isOurs(entry) || !ledger.rotation || ledger.gone) return undefined;
    const owner = ownerIn(ledger.rotation, ledger);
    const attempt = attemptOf(entry.key, owner);
    if (!attempt || isAfter(committedIn(ledger.rotation), attempt) || timesBegun(attempt, ledger) > 1) return undefined;
    const named = namedKeys(ledger.rotation);
    const used = [...ledger.keys.values()].filter(
      (key) =>
        key !== entry.key &&
        (attemptOf(key, owner) !== undefined || named.includes(key.id)) &&
        key.alive() &&
        wasServed(key, ledger) &&
        !ledger.condemned.has(key.id) &&
        !isSaidToLeak(key.id, ledger),
    );
    return used.length > 1
      ? `${entry.key.id} was made while ${used.map(({ id }) => id).join(' and ')} live`
      : undefined;
  },
};

/** S15: only what is ours dies. */
export const onlyOurs: Invariant = {
  id: 'S15',
  on: ['Died', 'TargetWritten'],
  says: 'only keys with our label, or adopted ones, are revoked; only places of the plan are written',
  broken(entry, ledger) {
    const owner = ownerIn(ledger.rotation, ledger);
    if (entry.type === 'Died' && isOurs(entry) && !attemptOf(entry.key, owner)) {
      const { current, rotation, history = [] } = ledger.rotation?.status ?? {};
      const adopted = [current, rotation?.oldKey].some((key) => key?.adopted && key.keyID === entry.key.id);
      const wasAdopted = adopted || history.some(({ revokedKeyID }) => revokedKeyID === entry.key.id);
      // The word of a status is not enough: its text stood at a target.
      if (!(wasAdopted && wasServed(entry.key, ledger)) && !isInHandOf(entry.by, entry.key, ledger))
        return `key ${entry.key.id} (label ${entry.key.label}) is none of ours and was revoked`;
    }
    if (entry.type === 'TargetWritten' && isOurs(entry)) {
      const paths = ledger.rotation?.spec.targets.map(({ path }) => path) ?? [];
      const planned = ledger.rotation?.status?.rotation?.plan.targets.map(({ path }) => path) ?? [];
      const known = [...paths, ...planned].flatMap((path) => [path, `${path}-previous`]);
      if (!known.includes(entry.path)) return `${entry.path} is no place of the plan and was written`;
    }
    return undefined;
  },
};

/** Whether it was made for an object of this name that is gone, by the process that revokes it, and never served. */
function isInHandOf(process: string, key: Key, ledger: Ledger): boolean {
  const issued = ledger.last('Issued', (each) => each.key === key);
  const named = ledger.rotation ? namedKeys(ledger.rotation) : [];
  return issued?.by === process && !wasServed(key, ledger) && !named.includes(key.id);
}

/** S2, asked at rest only. */
export function unnamedKeys(ledger: Ledger): string | undefined {
  const { rotation } = ledger;
  if (!rotation) return undefined;
  const owner = ownerIn(rotation, ledger);
  const named = namedKeys(rotation).filter((id) => {
    const key = ledger.keys.get(id);
    return key !== undefined && attemptOf(key, owner) !== undefined;
  });
  const live = [...ledger.keys.values()]
    .filter((key) => attemptOf(key, owner) && key.alive() && (named.includes(key.id) || !isHidden(key, ledger)))
    .map(({ id }) => id);
  return live.sort().join() === named.sort().join() ? undefined : `S2 live keys [${live}], status names [${named}]`;
}

/** Whether whoever looked for it since it was made had a list of the past, so that it is left to the next rotation. */
function isHidden(key: Key, ledger: Ledger): boolean {
  const issued = ledger.last('Issued', (each) => each.key === key);
  if (!issued) return false;
  const swept = ledger.last('StatusWritten', endsSweep);
  const lists = ledger
    .all('Answered')
    .filter(({ at, call }) => at > issued.at && call.name === 'issuer list')
    // What one sees who comes after the sweep is of no use: its status has nothing left to sweep.
    .filter(({ at, by }) => !swept || (by === swept.by && at <= swept.at));
  return (
    lists.length > 0 &&
    !lists.some(({ value }) => (value as readonly KeyRecord[]).some(({ keyID }) => keyID === key.id))
  );
}

function endsSweep({ before, after }: { before?: ApiKeyRotation; after: ApiKeyRotation }): boolean {
  return before?.status?.sweepAfter !== undefined && after.status?.sweepAfter === undefined;
}

/** Reasons of events that send a person to the issuer, to look for the keys that they name. */
const TOLD = /DeletionGaveUp|KeyMayLive/;
/** Of the event that names the keys which a deletion left alive, because consumers may use them. */
const RETAINED = /KeysRetained/;

/** S2 for an object that is gone, asked at rest only. */
export function keysLeftBehind(ledger: Ledger): string | undefined {
  const { rotation, gone } = ledger;
  const removal = ledger.last('ObjectWritten', ({ after }) => after === undefined);
  if (!gone || !removal) return undefined;
  const owner = ownerIn(rotation, ledger);
  const told = ledger
    .all('Said')
    .map(({ what }) => JSON.stringify(what) ?? '')
    .filter((words) => TOLD.test(words));
  const mayLive = (key: Key) =>
    told.some((words) =>
      [key.id, key.label ?? key.id, `names uid ${owner.uid}`].some((name) => words.includes(name)),
    ) ||
    (rotation?.spec.deletionPolicy !== 'Revoke' && (wasServed(key, ledger) || mayHaveBeenServed(key, ledger))) ||
    ledger.last('Issued', (issued) => issued.key === key && issued.at >= removal.at) !== undefined;
  const left = [...ledger.keys.values()].filter((key) => attemptOf(key, owner) && key.alive() && !mayLive(key));
  return left.length === 0 ? undefined : `S2 the object is gone and left ${left.map(({ id }) => id)} alive`;
}

/**
 * Whether its holder cannot know: a fault struck while it published, looks at the target included, or the store was in trouble for all;
 * and the deletion's event names it.
 */
function mayHaveBeenServed(key: Key, ledger: Ledger): boolean {
  const issued = ledger.last('Issued', (each) => each.key === key);
  const isInDoubt = ledger
    .all('Struck')
    .some(
      ({ by, at, call, fault }) =>
        isStoreTrouble(fault) || (issued && by === issued.by && at >= issued.at && isOfPublishing(call)),
    );
  const isNamed = ledger.all('Said').some(({ what }) => {
    const words = JSON.stringify(what) ?? '';
    return RETAINED.test(words) && words.includes(key.id);
  });
  return isInDoubt && isNamed;
}

function isOfPublishing({ name, peer, isRead }: Call): boolean {
  return (peer === 'store' && !isRead) || name.endsWith(' secrets');
}
