import type { Mutant } from './mutant.ts';

const MIGRATING = 'src/rotation/rules/migrating.ts';

/** What dies, and when. */
export const REVOCATION_MUTANTS: readonly Mutant[] = [
  {
    id: 'M7',
    says: 'orphans are revoked on the word of the cached status',
    edits: [
      {
        file: 'src/rotation/rules/sweep.ts',
        from: "if (unlisted.length > 0) return commit('Abandon', present(facts, abandon(facts, unlisted, reason)));",
        to: '',
      },
    ],
    guard: { invariant: 'S7', plan: 'first-issue/replay-id/Vault/1/17/9.crash-after' },
  },
  {
    id: 'M20',
    says: 'the old key is revoked without another look at targets and evidence',
    edits: [
      {
        file: MIGRATING,
        from: 'lookLive(facts, withEvidence);',
        to: "lookFor(facts, 'keys');",
      },
      { file: MIGRATING, from: 'progress(facts, rotation, facts.liveEvidence ?? [])', to: 'rotation' },
    ],
    guard: { invariant: 'S3', plan: 'requested/replay-id/Vault/1/17/none' },
  },
  {
    id: 'X23',
    says: 'long after the decision the evidence is looked at again, and no target',
    edits: [
      {
        file: 'src/rotation/rules/revoking.ts',
        from: "? ['targets', 'liveEvidence'] : ['targets']",
        to: "? ['liveEvidence'] : []",
      },
    ],
    guard: { invariant: 'S3', plan: 'trap-served-again/replay-id/Vault/2/18/none' },
  },
  {
    id: 'M21',
    says: 'a rotation whose old key is condemned can be rolled back',
    edits: [
      {
        file: 'src/rotation/rules/rolling-back.ts',
        from: 'if (rotation.revokeIntent)\n    return',
        to: 'if (!rotation)\n    return',
      },
    ],
    guard: { invariant: 'S7', plan: 'trap-too-late/replay-id/Vault/1/17/23.crash-after' },
  },
  {
    id: 'M25',
    says: 'a deleted object goes before its forgotten keys are revoked',
    edits: [
      {
        file: 'src/rotation/rules/deleting.ts',
        from: 'revokeOnce(facts, unpublished(facts)) ??\n    release(',
        to: 'release(',
      },
    ],
    guard: { invariant: 'S2', plan: 'deletion-intended-retain/replay-id/Vault/1/17/4.lost-answer' },
  },
  {
    id: 'M33',
    says: 'a key without our label is revoked on the word of the status',
    edits: [
      {
        file: 'src/rotation/rules/old-key.ts',
        from: 'if (facts.keys?.old?.ours) return undefined;',
        to: 'if (facts.keys?.old) return undefined;',
      },
    ],
    guard: { invariant: 'S15', plan: 'trap-foreign-key/replay-id/Vault/1/17/none' },
  },
  {
    id: 'X3',
    says: 'the old key is revoked without an intent',
    edits: [
      {
        file: MIGRATING,
        from: "commit('RevokeIntent', present(facts, decideRevocation(facts, seen, old, basis)))",
        to: "({ type: 'Step', step: { type: 'Revoke', keys: [old], authority: 'revokeIntent' } })",
      },
    ],
    guard: { invariant: 'S14', plan: 'requested/replay-id/Vault/1/17/none' },
  },
  {
    id: 'X4',
    says: 'nobody looks for orphans of attempts whose answer was lost',
    edits: [
      {
        file: 'src/rotation/orphans.ts',
        from: 'return labelled.filter((key) => key.live && isAbove(committed, key) && !named.has(key.keyID));',
        to: 'return labelled.filter((key) => key.live && isAbove(committed, key) && !named.has(key.keyID) && false);',
      },
    ],
    guard: { invariant: 'S2', plan: 'first-issue/replay-id/Vault/1/17/9.lost-answer' },
  },
  {
    id: 'X25',
    says: 'a condemned key that a list of the past lacks counts as dead',
    edits: [
      {
        file: 'src/operator/rotation/gather/keys.ts',
        from: 'return [...listed, ...(await byID(unlisted))];',
        to: 'return [...listed, ...(await byID(unlisted.slice(unlisted.length)))];',
      },
    ],
    guard: { invariant: 'S2', plan: 'requested/replay-id/Vault/2/18/9.late-1m+84.stale' },
  },
  {
    id: 'R',
    says: 'rule R: orphans are revoked without a fence',
    edits: [
      {
        file: 'src/operator/rotation/act/recovery.ts',
        from: 'for (const reading of readings) {\n    const present',
        to: 'for (const reading of readings.slice(readings.length)) {\n    const present',
      },
      { file: 'src/rotation/orphans.ts', from: 'isAbove(marker, key) && marker.keyID', to: 'marker.keyID' },
    ],
    guard: { invariant: 'S4', plan: 'requested/replay-id/Vault/2/17/4.pause+19.pause' },
  },
  {
    id: 'X7',
    says: 'an issuer that knows no such key, as a replica that lags behind may say, is believed at once',
    edits: [
      {
        file: MIGRATING,
        from: "notYetKnown(facts, old) ?? finishing(facts, seen, 'OldKeyExpired')",
        to: "finishing(facts, seen, 'OldKeyExpired')",
      },
    ],
    guard: { invariant: 'S2', plan: 'trap-earlier-report/replay-id/Vault/2/18/40.stale' },
  },
  {
    id: 'X18',
    says: 'a rotation ends as if its old key were dead already',
    edits: [
      {
        file: MIGRATING,
        from: 'const oldIsDead = !facts.keys?.old?.live;',
        to: 'const oldIsDead = facts.keys !== undefined;',
      },
      { file: MIGRATING, from: 'notYetKnown(facts, old) ?? finishing(', to: 'finishing(' },
    ],
    guard: { invariant: 'S14', plan: 'trap-many-requests/blind/Vault/1/17/none' },
  },
];
