import { deletedMeanwhile } from './deleted-meanwhile.ts';
import { elections } from './elections.ts';
import { fenceTakenOver } from './fence-taken-over.ts';
import { issuerAway } from './issuer-away.ts';
import { laggingCopy } from './lagging-copy.ts';
import { lateRepairs } from './late-repair.ts';
import { oneAttemptID } from './one-attempt-id.ts';
import { pausedPublisher } from './paused-publisher.ts';
import { plantedMarkers } from './planted-marker.ts';
import type { Race } from './race.ts';
import { fencedTwice, takenOverTwice } from './recovered-twice.ts';
import { restoredBackup } from './restored-backup.ts';
import { restoredMeanwhile } from './restored-meanwhile.ts';
import { servedForAMoment } from './served-for-a-moment.ts';
import { sweepMeetsNextRevision } from './sweep-meets-next-revision.ts';

/** The races that a review found in earlier drafts of the protocol. */
export const RACES: readonly Race[] = [
  fencedTwice,
  takenOverTwice,
  oneAttemptID,
  pausedPublisher,
  sweepMeetsNextRevision,
  ...restoredBackup,
  ...restoredMeanwhile,
  ...issuerAway,
  ...plantedMarkers,
  ...servedForAMoment,
  fenceTakenOver,
  laggingCopy,
  ...lateRepairs,
  ...elections,
  ...deletedMeanwhile,
];

/** The race of this name; throws where there is none. */
export function raceOf(name: string): Race {
  const race = RACES.find((each) => each.name === name);
  if (!race) throw new Error(`there is no such race: ${name}`);
  return race;
}
