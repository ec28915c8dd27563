import type { Mutant } from './mutant.ts';

const KUBE_WRITES = 'src/operator/rotation/act/kube-writes.ts';
const DELIVERY = 'src/operator/rotation/act/delivery.ts';
const PERMISSION_UPDATE = 'src/operator/rotation/act/permission-update.ts';
const COMMIT = 'const written = await effectsFor(facts).commit(record, () => replaceStatus(kube, object, status));';

/** Issuing: intents, attempts and their names, lost answers; permissions that are added in place. */
export const ATTEMPT_MUTANTS: readonly Mutant[] = [
  {
    id: 'M1',
    says: 'the key of a revision is asked for before anything about it is written down',
    edits: [
      {
        file: KUBE_WRITES,
        from: COMMIT,
        to: `const written = name === 'Intent' ? { ...object, status } : await replaceStatus(kube, object, status);`,
      },
    ],
    guard: { invariant: 'S1', plan: 'first-issue/replay-id/Vault/1/17/none' },
  },
  {
    id: 'M2',
    says: 'the next attempt is kept in memory, to be saved together with what it publishes',
    edits: [
      {
        file: KUBE_WRITES,
        from: COMMIT,
        to: `const written = name === 'Reissue' ? { ...object, status } : await replaceStatus(kube, object, status);`,
      },
    ],
    guard: { invariant: 'S1', plan: 'first-issue/replay-id/Vault/1/17/9.lost-answer' },
  },
  {
    id: 'M3',
    says: 'an issue call that is made again has another name',
    edits: [
      {
        file: DELIVERY,
        from: 'const result = await now.effects.issue(now.issuerOf(), attempt, plan.key, now.requester).catch(lostAnswer);',
        to: `const issue = (number) => now.effects.issue(now.issuerOf(), { ...attempt, attempt: number }, plan.key, now.requester);
      const result = await issue(attempt.attempt).catch(() => issue(attempt.attempt + 1).catch(lostAnswer));`,
      },
    ],
    guard: { invariant: 'S1', plan: 'first-issue/replay-id/Vault/1/17/9.lost-answer' },
  },
  {
    id: 'M4',
    says: 'names of attempts are cut, so that the third of a revision has that of the first',
    edits: [
      {
        file: 'src/key/attempt-id.ts',
        from: 'export function formatAttemptId({ installation, uid, revision, attempt }: AttemptId): string {',
        to: 'export function formatAttemptId({ installation, uid, revision, attempt }) {\n  attempt %= 2;',
      },
    ],
    guard: { invariant: 'S1', plan: 'first-issue/list-only/Vault/1/17/9.late-5m' },
  },
  {
    id: 'M6',
    says: 'a key is recorded as published while it is still being written',
    edits: [{ file: DELIVERY, from: 'const ended = await publishTo(', to: 'const ended = void publishTo(' }],
    guard: { invariant: 'S3', plan: 'first-issue/replay-id/Vault/1/17/none' },
  },
  {
    id: 'M11',
    says: 'an issue call without an answer is taken for one that failed',
    edits: [
      {
        file: DELIVERY,
        from: "(error.outcome === 'unknown' || error.outcome === 'conflict')) return undefined;",
        to: "error.outcome === 'conflict') return undefined;",
      },
    ],
    guard: { invariant: 'S1', plan: 'first-issue/list-only/Vault/1/17/9.lost-answer' },
  },
  {
    id: 'M26',
    says: 'an issue call is repeated when the issuer may have forgotten the first one',
    edits: [
      {
        file: 'src/rotation/unanswered.ts',
        from: 'if (replayWindowMs === undefined) return true;',
        to: 'if (replayWindowMs !== -1) return true;',
      },
    ],
    guard: { invariant: 'S1', plan: 'first-issue/forgetful/Vault/1/17/7.crash-after' },
  },
  {
    id: 'C',
    says: 'rule C: whoever sees an attempt works on it, whether its claim is theirs or not',
    edits: [{ file: 'src/operator/rotation/gather/base-facts.ts', from: '...(holdsClaim ? {', to: '...(true ? {' }],
    guard: { invariant: 'S1', plan: 'first-issue/list-only/Vault/2/17/1.crash-before' },
  },
  {
    id: 'M19',
    says: 'whether the claim is still ours is looked at once, when the work begins',
    edits: [
      {
        file: 'src/operator/rotation/gather/base-facts.ts',
        from: 'session.claim !== undefined && session.claim === object.status?.rotation?.claim;',
        to: 'session.claim !== undefined;',
      },
      { file: 'src/operator/rotation/reconcile.ts', from: '    forgetEndedClaim(session, object);\n', to: '' },
    ],
    guard: { invariant: 'S3', plan: 'requested/list-only/Vault/2/17/e2.Lost' },
  },
  {
    id: 'X42',
    says: 'a change of permissions that nobody answered is taken for one that was made',
    edits: [
      {
        file: PERMISSION_UPDATE,
        from: '.updatePermissions(issuer, keyID, { add, reason }, attempt);',
        to: ".updatePermissions(issuer, keyID, { add, reason }, attempt).catch(() => 'Updated');",
      },
      {
        file: PERMISSION_UPDATE,
        from: "if (missing.length === 0) return { type: 'Told', permissions: told.permissions, ours: true };",
        to: "if (missing.length >= 0) return { type: 'Told', permissions: rotation.plan.key.permissions, ours: true };",
      },
    ],
    guard: { invariant: 'S2', plan: 'widened-in-place/replay-id/Vault/1/17/5.lost-request' },
  },
  {
    id: 'X43',
    says: 'the key that a demanded new key replaces is forgotten, because no rotation was meant to retire it',
    edits: [{ file: 'src/rotation/transitions/in-place.ts', from: '      oldKey: old,\n', to: '' }],
    guard: { invariant: 'S2', plan: 'new-key-demanded/replay-id/Vault/1/17/none' },
  },
];
