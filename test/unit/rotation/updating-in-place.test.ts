import { describe, expect, test } from 'vitest';
import type { RotationStatus, RunningRotation } from '../../../src/api/types.ts';
import { decide } from '../../../src/rotation/decide.ts';
import type { PermissionsFact, ReferencesFact } from '../../../src/rotation/facts.ts';
import { factsOf, type Given, ISSUER, idle, labelled, PLAN, recorded, serving } from './facts.ts';
import { decisionTable, noticesOf, statusIn } from './table.ts';

const wantedPlan = { ...PLAN, key: { ...PLAN.key, permissions: ['read', 'write'] } };
const resolved = (plan = wantedPlan): ReferencesFact => ({ type: 'Resolved', plan });
const key = (change: object = {}) => ({
  key: { environment: 'Live', permissions: ['read', 'write'], onPermissionChange: 'PreferInPlace' as const, ...change },
});
const seen = { targets: [serving('k1', [1, 1])], labelled: [labelled('k1', 1, 1)] };
const asked: Given = { status: idle(), spec: key(), references: resolved() };

function updating(change: Partial<RunningRotation> = {}, status: Partial<RotationStatus> = {}): RotationStatus {
  const rotation: RunningRotation = {
    attemptID: 'inst/uid-1/2.1',
    attemptAt: '2030-01-01T12:00:00Z',
    claim: 'claim-1',
    trigger: 'KeyChanged',
    startedAt: '2030-01-01T12:00:00Z',
    plan: wantedPlan,
    inPlace: { keyID: 'k1', add: ['write'], reason: 'refunds' },
    ...change,
  };
  return idle({ revision: 2, rotation, ...status });
}
const toldOf = (permissions: readonly string[], ours = true): PermissionsFact => ({ type: 'Told', permissions, ours });
const running: Given = { status: updating(), spec: key(), references: resolved(), holding: { type: 'Working' } };
const stranger: Given = { status: updating(), spec: key(), references: resolved() };

decisionTable('permissions are added in place', {
  'what stands there is looked at first': { ...asked, decides: 'look at targets, labelled' },
  'it begins': { ...asked, ...seen, decides: 'commit Intent' },
  'a foreign value at a target is in nobody’s way': {
    ...asked,
    ...seen,
    targets: [serving('k9', [1, 1], { version: '7' })],
    decides: 'commit Intent',
  },
  'not beyond what may be asked for in an hour': {
    ...asked,
    status: idle({ issueCalls: Array(6).fill('2030-01-01T11:30:00Z') }),
    decides: 'wait 1800 s, IssueLimit',
  },
  'not with a status from the past': {
    ...asked,
    ...seen,
    labelled: [labelled('k1', 1, 1), labelled('k2', 2, 1)],
    decides: 'wait 60 s, Stalled StateRegression',
  },
  'the key is looked at before anything is asked for': { ...running, decides: 'look at permissions' },
  'nothing that somebody wrote beside the plan is asked for': {
    ...running,
    status: updating({ inPlace: { keyID: 'k1', add: ['write', 'admin'], reason: 'none' } }),
    permissions: toldOf(['read']),
    decides: 'rest, Stalled UnknownState',
  },
  'who was told of it by a cache looks again': {
    ...running,
    permissions: toldOf(['read']),
    decides: 'look at live',
  },
  'what is missing is asked for': {
    ...running,
    live: true,
    permissions: toldOf(['read']),
    decides: 'update permissions',
  },
  'what is there is done': { ...running, permissions: toldOf(['write', 'read']), decides: 'commit Updated' },
  'what would take something away takes a new key': {
    ...running,
    ...seen,
    permissions: toldOf(['read', 'admin']),
    decides: 'commit Reissue',
  },
  'so does what the issuer demands one for': {
    ...running,
    ...seen,
    permissions: { type: 'NewKeyRequired' },
    decides: 'commit Reissue',
  },
  'and a dead key': { ...running, ...seen, permissions: { type: 'Dead' }, decides: 'commit Reissue' },
  'a key that the issuer does not know is looked for in its list': {
    ...running,
    permissions: { type: 'Unknown' },
    decides: 'look at labelled',
  },
  'and believed to be alive where it is there': {
    ...running,
    ...seen,
    permissions: { type: 'Unknown' },
    decides: 'wait 30 s, IssuerContradicts',
    message:
      'issuer apio lists key k1 as alive and yet answers that there is no such key, since 2030-01-01T12:00:00Z; it is asked again until both answers agree. To have a new key issued instead: set spec.key.onPermissionChange to Reissue',
  },
  'but not waited for by who wants a new key': {
    ...running,
    ...seen,
    spec: key({ onPermissionChange: 'Reissue' }),
    permissions: { type: 'Unknown' },
    decides: 'commit Reissue',
  },
  'nor where it is not listed either': {
    ...running,
    targets: seen.targets,
    labelled: [],
    permissions: { type: 'Unknown' },
    decides: 'commit Reissue',
  },
  'a key without our label gets nothing': {
    ...running,
    permissions: toldOf(['read'], false),
    decides: 'wait 60 s, Stalled Conflict',
  },
  'a permission that was added to the spec meanwhile is added too': {
    ...running,
    references: resolved({ ...wantedPlan, key: { ...wantedPlan.key, permissions: ['read', 'write', 'list'] } }),
    decides: 'commit Replan',
  },
  'a key of another place is another rotation': {
    ...running,
    references: resolved({ ...wantedPlan, issuer: { ...ISSUER, origin: 'https://other.test' } }),
    decides: 'commit GiveUp',
  },
  'so is one of another organization': {
    ...running,
    references: resolved({ ...wantedPlan, key: { ...wantedPlan.key, organization: 'umbrella' } }),
    decides: 'commit GiveUp',
  },
  'what another process began is left to it': {
    ...stranger,
    at: '2030-01-01T12:00:30Z',
    fresh: true,
    decides: 'wait 30 s, UpdatingPermissions',
    message: 'another process began attempt 2.1 at 2030-01-01T12:00:00Z; it is taken over at 2030-01-01T12:01:00Z',
  },
  'after its time it is taken over': {
    ...stranger,
    at: '2030-01-01T12:02:00Z',
    fresh: true,
    permissions: toldOf(['read']),
    decides: 'commit TakeOver',
  },
  'or found done': {
    ...stranger,
    at: '2030-01-01T12:02:00Z',
    fresh: true,
    permissions: toldOf(['read', 'write']),
    decides: 'commit Updated',
  },
});

describe('what is committed', () => {
  const decided = (given: Given) => decide(factsOf(given));

  test('the intent names the key and what is added; nothing is to be retired or waited for', () => {
    const status = statusIn(decided({ ...asked, ...seen, spec: key({ reason: 'refunds' }) }));
    expect(status).toMatchObject({
      revision: 2,
      attempt: 1,
      current: { keyID: 'k1' },
      issueCalls: [expect.any(String)],
    });
    expect(status?.rotation).toMatchObject({
      trigger: 'KeyChanged',
      reason: 'permissions [read] -> [read write]: refunds',
      inPlace: { keyID: 'k1', add: ['write'], reason: 'refunds' },
    });
    expect(status?.rotation).not.toHaveProperty('oldKey');
    expect(status?.rotation).not.toHaveProperty('consumers');
  });

  test('a new key instead retires the current one, by what it may do by now', () => {
    const decision = decided({ ...running, ...seen, permissions: toldOf(['read', 'admin']) });
    const status = statusIn(decision);
    expect(status).toMatchObject({ revision: 2, attempt: 2, current: { keyID: 'k1', permissions: ['read', 'admin'] } });
    expect(status?.rotation).toMatchObject({ oldKey: { keyID: 'k1', permissions: ['read', 'admin'] } });
    expect(status?.rotation).not.toHaveProperty('inPlace');
    expect(noticesOf(decision)).toEqual(['Normal NewKeyRequired']);
  });

  test('given up, the current key is as it was, and history says that it was superseded', () => {
    const elsewhere = resolved({ ...wantedPlan, issuer: { ...ISSUER, origin: 'https://other.test' } });
    const status = statusIn(decided({ ...running, references: elsewhere }));
    expect(status).toMatchObject({ current: idle().current, history: [{ revision: 2, result: 'Superseded' }] });
    expect(status).not.toHaveProperty('rotation');
  });

  test.each<[string, Partial<RunningRotation>]>([
    ['another key than the current one', { inPlace: { keyID: 'k9', add: ['write'], reason: 'refunds' } }],
    ['a key beside one that is to be retired', { oldKey: recorded('k9') }],
  ])('a status that would change %s has no effect', (_what, change) => {
    const decision = decided({ ...running, status: updating(change), permissions: toldOf(['read']) });
    expect(statusIn(decision)?.conditions).toContainEqual(expect.objectContaining({ reason: 'UnknownState' }));
    expect(decision.type).toBe('Rest');
  });
});
