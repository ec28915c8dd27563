import { type Ledger, OUTSIDE } from '../ledger/ledger.ts';
import { atRest, driftAtMain, isWell, NOTICED_MS } from '../scenarios/drifting.ts';
import { writeOutside } from '../scenarios/outsiders.ts';
import { MAIN, SECOND } from '../scenarios/targets.ts';
import { isStoreWrite, type Race } from './race.ts';

/** A repair and whoever writes there once more before it does. */
const overtakenRepair: Race = {
  name: 'race-overtaken-repair',
  issuers: ['replay-id'],
  says: 'somebody writes another value while a repair is under way: that one is replaced only after it was seen and recorded in its turn',
  operators: 2,
  sweep: ['meanwhile'],
  prepare: (stage) => atRest(stage, { targets: [MAIN, SECOND], onDrift: 'Repair' }),
  meanwhile: (stage) => writeOutside(stage, MAIN.path, { key: 'yet another value of somebody else' }),
  async play(stage) {
    driftAtMain(stage);
    await stage.until((status) => (status.attempt ?? 0) > 1 && isWell(stage, status), NOTICED_MS);
    await stage.pass(MINUTES_MS);
    await stage.until((status) => isWell(stage, status), NOTICED_MS);
  },
  happened: ({ entries }) => {
    const repair = entries.findIndex((entry) => entry.type === 'StatusWritten' && entry.after.status?.drift?.repair);
    const well = entries.findIndex((entry, index) => index > repair && entry.type === 'StatusWritten');
    return entries.slice(repair, well).some((entry) => entry.type === 'TargetWritten' && entry.by === OUTSIDE);
  },
};

/** Long enough to notice a value that came right after the repair. */
const MINUTES_MS = 120_000;

/** A repair that was paused, or its late request, and a rotation that began meanwhile. */
const lateRepair: Race = {
  name: 'race-late-repair',
  issuers: ['replay-id'],
  says: 'a repair comes after the next key has been published: it changes nothing, and the old key is served nowhere when it dies',
  operators: 2,
  sweep: ['pause', 'late-1m', 'late-5m'],
  at: isStoreWrite,
  prepare: (stage) => atRest(stage, { targets: [MAIN, SECOND], onDrift: 'Repair' }),
  async play(stage) {
    driftAtMain(stage);
    await stage.until(({ drift }) => drift?.repair !== undefined, NOTICED_MS);
    stage.annotate({ rotate: 'a' });
    await stage.settled(2);
  },
  happened: isRepairRefused,
};

/** Whether a write of who began the repair was refused after a rotation had begun. */
function isRepairRefused({ entries }: Ledger): boolean {
  const repair = entries.find((entry) => entry.type === 'StatusWritten' && entry.after.status?.drift?.repair);
  const rotation = entries.findIndex((entry) => entry.type === 'StatusWritten' && entry.after.status?.revision === 2);
  return entries
    .slice(rotation)
    .some((entry) => entry.type === 'Failed' && isStoreWrite(entry.call) && entry.by === repair?.by);
}

export const lateRepairs: readonly Race[] = [lateRepair, overtakenRepair];
