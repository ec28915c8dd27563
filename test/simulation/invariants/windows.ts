import type { Ledger } from '../ledger/ledger.ts';
import type { Invariant } from './invariant.ts';
import { isOurs } from './reading.ts';

/** The windows of `in-windows`: three minutes in every ten. Said here anew, so that the code that is judged does not judge itself. */
const EVERY_MS = 600_000;
const OPENS_MS = 180_000;
const CLOSES_MS = 360_000;
/** Servers tell the time in whole seconds, and an answer is on its way for a while. */
const BLUR_MS = 5_000;

/** Design section 10: windows gate start and revoke, not a first issue. */
export const withinWindows: Invariant = {
  id: 'WINDOW',
  on: ['StatusWritten', 'Begun'],
  says: 'a rotation begins, and its old key is revoked, while a window of its schedule is open',
  broken(entry, ledger) {
    if (!isOurs(entry) || !ledger.rotation?.spec.schedule?.windows) return undefined;
    if (entry.type === 'Begun') return isRevocation(entry.call, ledger) ? outside('revoked', entry.at) : undefined;
    if (entry.type !== 'StatusWritten') return undefined;
    const { rotation } = entry.after.status ?? {};
    const { rotation: before, current } = entry.before.status ?? {};
    if (!current || !rotation || before) return undefined;
    return outside(`a rotation (${rotation.trigger}) begun`, sinceStart(rotation.startedAt));
  },
};

function isRevocation({ name, detail }: { name: string; detail: string }, { rotation }: Ledger): boolean {
  return name === 'issuer revoke' && rotation?.status?.rotation?.oldKey?.keyID === detail;
}

function sinceStart(time: string): number {
  return Date.parse(time) - Date.parse('2030-01-01T00:00:00Z');
}

function outside(what: string, at: number): string | undefined {
  const within = at % EVERY_MS;
  const isOpen = within >= OPENS_MS - BLUR_MS && within < CLOSES_MS + BLUR_MS;
  return isOpen ? undefined : `${what} at ${at} ms, while no window is open`;
}
