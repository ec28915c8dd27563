import { ANNOTATION } from '../../../src/api/names.ts';
import { parseRegister, type Register } from '../../../src/issuers/support/register.ts';
import type { Call, CallFault } from '../kernel/faults.ts';
import { isRegister } from '../kernel/secrets-of-people.ts';
import { givesAway } from '../kernel/telltale.ts';
import type { Entry, EntryOf, Ledger } from '../ledger/ledger.ts';
import type { Invariant } from './invariant.ts';
import { isOurs } from './reading.ts';

/** S1 where people give keys: they may give what they gave before, and it is taken for one attempt at most. */
export const takenOnce: Invariant = {
  id: 'S1',
  on: ['Issued'],
  says: 'a key that people give is taken for one attempt, and once',
  broken(entry, ledger) {
    if (entry.type !== 'Issued') return undefined;
    const twin = ledger.last('Issued', ({ key }) => key !== entry.key && key.id === entry.key.id);
    return twin && `key ${entry.key.id} was taken for ${twin.key.label} before`;
  },
};

/** S9: what people gave stands in the Secret that they gave it in, and from there on at targets alone. */
export const registerHoldsNoKey: Invariant = {
  id: 'S9',
  on: ['Exchanged'],
  says: 'the register of what people gave holds no key',
  broken(entry) {
    if (entry.type !== 'Exchanged' || entry.secret !== 'Register' || entry.text === undefined) return undefined;
    return givesAway(entry.text) ? 'the register of what people gave holds a key' : undefined;
  },
};

/** S6 where people stand behind the issuer: its register is a memory as status is, and nothing in it goes by a late write. */
export const registerRemembers: Invariant = {
  id: 'S6',
  on: ['Exchanged'],
  says: 'no write takes from the register that people were asked, were told, or gave a key',
  broken(entry, ledger) {
    if (entry.type !== 'Exchanged' || entry.secret !== 'Register' || !isOurs(entry)) return undefined;
    const before = ledger.last('Exchanged', (each) => each !== entry && each.secret === 'Register');
    const after = entriesIn(entry.text);
    const lost = entriesIn(before?.text).find(({ label, ...known }) => {
      const kept: object = after.find((each) => each.label === label) ?? {};
      return Object.keys(known).some((field) => !(field in kept));
    });
    return lost && `the register has forgotten something about ${lost.label}`;
  },
};

/** S2 where people revoke: they are believed when they say so, and while a probe tells otherwise they are not. */
export const seenDead: Invariant = {
  id: 'S2',
  on: ['Exchanged'],
  says: 'a living key is registered as revoked only when somebody has said so, and no probe has contradicted',
  broken(entry, ledger) {
    if (entry.type !== 'Exchanged' || entry.secret !== 'Register' || !isOurs(entry)) return undefined;
    const before = entriesIn(ledger.last('Exchanged', (each) => each !== entry && each.secret === 'Register')?.text);
    const news = entriesIn(entry.text).find(
      ({ label, revokedAt }) => revokedAt && !before.find((each) => each.label === label)?.revokedAt,
    );
    const { keyID = '' } = news ?? {};
    if (!ledger.keys.get(keyID)?.alive()) return undefined;
    const probed = ledger.last('Answered', ({ by, call }) => by === entry.by && isProbeOf(call, keyID));
    if (probed?.value === false) return undefined;
    if (ledger.struck.some((each) => each.type === 'Struck' && UNHEARD.has(each.fault))) return undefined;
    if (!isSaidRevoked(keyID, ledger)) return `key ${keyID} was taken for dead, and nobody had said so`;
    const isFresh = probed?.value === true && looksSince(probed, ledger) <= 1;
    return isFresh ? `key ${keyID} was taken for dead, which the probe had just accepted` : undefined;
  },
};

/** After these a process may not have heard what it was answered. */
const UNHEARD: ReadonlySet<CallFault> = new Set(['deaf', 'lost-answer']);

function isProbeOf({ name, detail }: Call, keyID: string): boolean {
  return name === 'issuer probe' && detail === keyID;
}

/** How often a process has read the register since: once to write it, and once more before it asks about a key anew. */
function looksSince(answer: EntryOf<'Answered'>, { entries }: Ledger): number {
  const since = entries.slice(entries.indexOf(answer));
  const isLook = (entry: Entry) =>
    entry.type === 'Begun' &&
    entry.by === answer.by &&
    entry.call.name === 'kube GET secrets' &&
    isRegister(entry.call.detail);
  return since.filter(isLook).length;
}

function isSaidRevoked(keyID: string, ledger: Ledger): boolean {
  const says = ({ after }: EntryOf<'ObjectWritten'>) =>
    after?.metadata.annotations?.[ANNOTATION.revocationConfirmed] === keyID;
  return ledger.last('ObjectWritten', says) !== undefined;
}

/** Between reading that nobody was told and telling, in this world; a process may stand still meanwhile. */
const LATE_MS = 60_000;
const PAUSE_MS = 120_000;

/** S10: people are asked once. What is asked again while nobody knows whether it arrived bears the same id. */
export const toldOnce: Invariant = {
  id: 'S10',
  on: ['Begun'],
  says: 'nobody is told again of what the register says that they were told',
  broken(entry, ledger) {
    if (entry.type !== 'Begun' || entry.call.name !== 'issuer webhook') return undefined;
    const { detail } = entry.call;
    const told = ledger.entries.find(
      (each) => each.type === 'Exchanged' && each.secret === 'Register' && isTold(detail, each.text),
    );
    const paused = ledger.struck.some(
      (each) => each.type === 'Struck' && each.by === entry.by && each.fault === 'pause',
    );
    const limit = LATE_MS + (paused ? PAUSE_MS : 0);
    return told && entry.at - told.at > limit ? `people were told of ${detail} again` : undefined;
  },
};

function isTold(requestID: string, register: string | undefined): boolean {
  const [, label, revoke, urgent] = /^(.*?)(\/revoke)?(\/urgent)?$/.exec(requestID) ?? [];
  const entry = entriesIn(register).find((each) => each.label === label);
  const told = revoke ? entry?.revocation : entry;
  return (urgent ? told?.toldUrgent : told?.told) === true;
}

function entriesIn(text = '[]'): Register {
  return parseRegister(text) ?? [];
}

/** S9, asked at rest only: the Secret in which a key was given is gone once the key was taken. */
export function leftInHandover({ entries, keys }: Ledger): string | undefined {
  const last = entries.findLast((entry) => entry.type === 'Exchanged' && entry.secret === 'Handover');
  const text = last?.type === 'Exchanged' ? last.text : undefined;
  const left = text === undefined ? undefined : [...keys.values()].find((key) => text.includes(key.text));
  return left && `S9 at rest the Secret in which key ${left.id} was given is still there`;
}
