import { fenceTakenOver } from './fence-taken-over.ts';
import { oneAttemptID } from './one-attempt-id.ts';
import { pausedPublisher } from './paused-publisher.ts';
import type { Race } from './race.ts';
import { fencedTwice, takenOverTwice } from './recovered-twice.ts';

/** The races that a review found in earlier drafts of the protocol. */
export const RACES: readonly Race[] = [fencedTwice, takenOverTwice, oneAttemptID, pausedPublisher, fenceTakenOver];
