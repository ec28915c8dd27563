import type { Call } from '../kernel/faults.ts';
import { isIssue, isStoreWrite } from '../races/race.ts';
import { firstIssue } from '../scenarios/rotating.ts';
import type { Drawing } from './drawing.ts';
import { STORIES } from './stories.ts';

const isStatusWrite = ({ name }: Call) => name === 'kube PUT status apikeyrotations';
const isVerify = ({ name }: Call) => name === 'issuer verify';
const isRevoke = ({ name }: Call) => name === 'issuer revoke';
const isForIssuer = ({ peer }: Call) => peer === 'issuer';

const plain: Omit<Drawing, 'id'> = {
  scenario: STORIES.rotation,
  issuer: 'replay-id',
  operators: 1,
  seed: 17,
  mishaps: [],
  shows: /^9 done/,
};
const recovery: Omit<Drawing, 'id'> = { ...plain, until: /^5 published/ };
const lostIssue = { ...recovery, mishaps: [{ at: isIssue, fault: 'lost-answer' }] } as const;

/** The runs that `docs/protocol.md` shows. */
export const DRAWINGS: readonly Drawing[] = [
  { ...plain, id: 'first-issue', scenario: firstIssue },
  { ...plain, id: 'rotation', shows: /^8 revoke K1/ },
  { ...recovery, id: 'crash-before-issue', mishaps: [{ at: isIssue, fault: 'crash-before' }], shows: /^fence/ },
  { ...recovery, id: 'crash-after-issue', mishaps: [{ at: isIssue, fault: 'crash-after' }], shows: /^revoke K2/ },
  { ...recovery, id: 'crash-after-publish', mishaps: [{ at: isStoreWrite, fault: 'crash-after' }], shows: /^4 take/ },
  { ...lostIssue, id: 'lost-answer-full', issuer: 'replay-full', shows: /again$/ },
  { ...lostIssue, id: 'lost-answer-list', shows: /^revoke K2/ },
  { ...lostIssue, id: 'lost-answer-blind', issuer: 'blind', shows: /NeedsHuman/ },
  { ...recovery, id: 'lost-status-answer', mishaps: [{ at: isStatusWrite, fault: 'lost-answer' }], shows: /lost/ },
  { ...recovery, id: 'two-operators', operators: 2, seed: 20, shows: /^refused/ },
  {
    ...plain,
    id: 'without-claim',
    issuer: 'list-only',
    operators: 2,
    seed: 20,
    mishaps: [{ at: isIssue, fault: 'pause' }],
    without: 'C',
    shows: /S1/,
  },
  {
    ...plain,
    id: 'without-marker',
    scenario: STORIES.slowPod,
    operators: 2,
    mishaps: [{ at: isVerify, fault: 'pause' }],
    without: 'W',
    shows: /S4/,
  },
  {
    ...plain,
    id: 'without-fence',
    scenario: STORIES.slowPod,
    operators: 2,
    mishaps: [
      { at: isVerify, fault: 'pause' },
      { at: isRevoke, fault: 'pause' },
    ],
    without: 'R',
    shows: /S4/,
  },
  { ...plain, id: 'roll-back', scenario: STORIES.rollBack },
  { ...plain, id: 'emergency', scenario: STORIES.emergency, shows: /Emergency/ },
  {
    ...plain,
    id: 'evidence-regresses',
    scenario: STORIES.regressing,
    mishaps: [
      { at: isRevoke, fault: 'cut' },
      { at: isForIssuer, skip: 8, fault: 'cut' },
    ],
    shows: /EvidenceRegressed/,
  },
  { ...plain, id: 'restored-state', scenario: STORIES.restored, shows: /StateRegression/, until: /^1 intent/ },
];
