import type { Ledger } from '../ledger/ledger.ts';
import { requested } from '../scenarios/rotating.ts';
import { isOfProtocol, type Race } from './race.ts';

const elected: Pick<Race, 'operators' | 'elected' | 'prepare' | 'play'> = {
  ...(requested.prepare && { prepare: requested.prepare }),
  play: requested.play,
  operators: 2,
  elected: true,
};

/** The leader at each of its calls, and whoever holds or wants the lease at each call for it. */
export const elections: readonly Race[] = [
  {
    ...elected,
    name: 'race-leader-lost',
    says: 'the leader dies, stands still beyond its lease or loses Kubernetes at any of its calls: the standby goes on',
    sweep: ['crash-before', 'crash-after', 'pause', 'cut', 'deaf'],
    at: isOfProtocol,
    happened: (ledger) => new Set(workersOf(ledger)).size > 1,
  },
  {
    ...elected,
    name: 'race-lease-lost',
    says: 'a renewal of the lease fails, is lost or comes late, with the rotation in the middle: one of them leads',
    sweep: [
      'crash-after',
      'pause',
      'cut',
      'deaf',
      'mute-watch',
      'lost-request',
      'lost-answer',
      'late-1m',
      '500-done',
      '503',
      'clock-ahead',
      'clock-double',
    ],
    at: ({ name }) => name.endsWith(' leases'),
    happened: (ledger) => new Set(ledger.leases.map(({ after }) => after?.spec?.holderIdentity)).size > 1,
  },
];

/** The processes that wrote the status of the object. */
function workersOf(ledger: Ledger): string[] {
  return ledger.all('StatusWritten').map(({ by }) => by);
}
