import type { Chapter } from './meaning.ts';

const NOTHING = 'Nothing.';
const REFERENCE_REMEDY = 'The message repeats the condition of that object: see [calls](#what-a-call-ended-with).';

/** What conditions say while all goes well. */
export const PHASES: Chapter = {
  title: 'While all goes well',
  intro: 'These ask nothing of anybody.',
  reasons: {
    Settled: { means: 'No rotation runs. NEXT says when one will.', remedy: NOTHING },
    Issuing: { means: 'A new key is being made, verified and written.', remedy: NOTHING },
    Publishing: { means: 'The key is being written to every target.', remedy: NOTHING },
    KeyRequested: {
      means:
        'People have been asked for a key. What for, where to put it, and what is wrong with what they gave is in the message.',
      remedy: 'Somebody issues it, and gives it as [issuers-support.md](issuers-support.md) says.',
    },
    RevocationRequested: {
      means: 'People have been asked to revoke a key that nobody uses any more.',
      remedy: 'Somebody revokes it. Where no probe sees that, confirm it with the command of the message.',
    },
    UpdatingPermissions: {
      means: 'The issuer is asked to add permissions to the key, which stays in use. Nothing is issued or revoked.',
      remedy: 'Nothing. To have a new key issued instead, set `spec.key.onPermissionChange` to `Reissue`.',
    },
    Migrating: {
      means: 'Both keys live; consumers are waited for. The message names each of them, and its pods.',
      remedy:
        'Nothing, if they are on their way. One that does not report: [consumers.md](consumers.md). One that is gone: remove it from `spec.consumers`.',
    },
    Revoking: { means: 'It is decided: the old key is being revoked. There is no way back.', remedy: NOTHING },
    Deleting: {
      means: 'The object was deleted, and its keys are being accounted for (`spec.deletionPolicy`).',
      remedy: 'Nothing: it ends within minutes even where the issuer is away, and an event names what is left.',
    },
    Suspended: {
      means: '`spec.suspend` is true: nothing is issued, written or revoked.',
      remedy: '`kubectl -n payments patch akr apio --type merge -p \'{"spec":{"suspend":false}}\'`',
    },
    WindowClosed: {
      means: 'A rotation, or the revocation of the old key, waits for a window of `spec.schedule.windows`.',
      remedy: 'Nothing: the message says when it opens. To go on at once, remove or change `spec.schedule.windows`.',
    },
    PromotionPending: {
      means: 'A rotation waits until the one that `spec.after` names has rotated and been well for the soak.',
      remedy: 'Look at that one: the message says what is missing. To go on without it, remove `spec.after`.',
    },
    KeyPublished: {
      means:
        'Every target holds a key that was verified and is alive: the current one, or the one that is about to replace it.',
      remedy: NOTHING,
    },
    NoKey: { means: 'No key has been published yet.', remedy: '`Rotating` says what it waits for.' },
    TargetPending: {
      means: 'A target that was added, or dropped for a while, does not have the current key yet.',
      remedy: 'Nothing, unless `Stalled` says why it cannot be written.',
    },
    AllMigrated: { means: 'No consumer is waited for.', remedy: NOTHING },
    Pending: { means: 'Consumers are waited for.', remedy: 'See `Migrating`.' },
    OldKeyAlive: { means: 'The old key is not revoked yet.', remedy: NOTHING },
    NoOldKey: { means: 'No old key is alive.', remedy: NOTHING },
    Progressing: { means: 'No human is needed.', remedy: NOTHING },
    Checked: { means: 'Credentials and settings of the issuer or the store work.', remedy: NOTHING },
  },
};

/** What a rotation says when it waits for something to be put right. */
export const STOPS: Chapter = {
  title: 'When a rotation stops',
  intro: 'The message says what to change; the rotation goes on by itself when that is done.',
  reasons: {
    InvalidSpec: {
      means: 'A field of the spec cannot work. The message begins with it.',
      remedy: 'Correct that field.',
    },
    WorkloadAccessDenied: {
      means: 'The operator may not look at a workload or its Secret, or may not restart it.',
      remedy:
        'Give it that right by the commands in the message, with its own namespace and account in them, or as [operator-rights.md](operator-rights.md) does. It is tried again at least every five minutes, and at once when `spec` changes.',
    },
    IssuerNotFound: {
      means:
        'There is no such ApiKeyIssuer in the namespace, or no such ClusterApiKeyIssuer; or the operator may not list them there: then the message says so.',
      remedy: '`kubectl -n payments get apikeyissuers`',
    },
    IssuerNotReady: {
      means: 'The issuer cannot be used as it is described, or has not been looked at yet.',
      remedy: REFERENCE_REMEDY,
    },
    StoreNotFound: {
      means:
        'There is no such KeyStore in the namespace, or no such ClusterKeyStore; or the operator may not list them there: then the message says so.',
      remedy: '`kubectl -n payments get keystores`',
    },
    StoreNotReady: {
      means: 'The store cannot be used as it is described, or has not been looked at yet.',
      remedy: REFERENCE_REMEDY,
    },
    NotGranted: {
      means:
        'An issuer or a store of the cluster does not grant the namespace what the rotation asks for. Nothing is issued, read or written.',
      remedy:
        'Ask for what is granted, or let whoever manages that object grant it: [cluster-kinds.md](cluster-kinds.md). The message says what is missing.',
    },
    ClusterKindsNotFollowed: {
      means:
        'The operator was started for one namespace, or told to leave issuers and stores of the cluster alone; or their CRDs, or its rights on them, are missing: then the message says which.',
      remedy:
        'Name one of the namespace, or start the operator with `--cluster-kinds=true` and [its rights](cluster-kinds.md#what-the-operator-may). It goes on by itself.',
    },
    EnvironmentNotFound: {
      means: 'The issuer has no such environment.',
      remedy: 'Add it to the issuer, or make the rotation anew with one that it has.',
    },
    EnvironmentMismatch: {
      means: 'The store takes keys of another environment.',
      remedy:
        'Name another store in `spec.targets`. Where it says so while a rotation runs, correct `spec.environment` of the store, or [drop the target](requests.md#drop-target): the new key waits, and none is revoked.',
    },
    SelfReference: {
      means: "A target is the Secret with the issuer's own credential.",
      remedy: 'Choose another path.',
    },
    Conflict: {
      means: 'Something stands where the key should go that is not ours, or a key is not the one that it should be.',
      remedy: 'The message names the place. Choose another path, remove the value, or adopt it (`spec.existingKey`).',
    },
    Held: {
      means: 'The deadline passed, and consumers have not moved. Both keys stay alive.',
      remedy:
        'Help the consumers that the message names; or extend `spec.migration.deadline`; or [roll back](requests.md#roll-back).',
    },
    RolledBack: {
      means: 'The rotation was rolled back. Nothing starts by itself now.',
      remedy: 'Mend what went wrong, then ask for another key: [rotate](requests.md#rotate).',
    },
    RollbackImpossible: {
      means: 'A roll back was refused; the rotation goes on.',
      remedy: 'The message says why. Let it end, then ask for another key: [rotate](requests.md#rotate).',
    },
    PolicyMissing: {
      means:
        'A consumer waits for an approval, and approvals count for nothing: the policy that tells who may approve is not there, or not as it should be.',
      remedy:
        "`kubectl apply -f config/report-policy.yaml` with your operator's account in it, or `helm upgrade` with `policies.reports=true`; then approve again: [approval](evidence-approval.md). An older approval may be anybody's.",
    },
    EvidenceRegressed: {
      means: 'A consumer fell back to the old key after the revocation was decided; it is not carried out meanwhile.',
      remedy: 'Help the consumer that the message names to load the key again.',
    },
    VerificationFailed: {
      means: 'Three keys of the issuer were not what was asked for. None was published, each was revoked.',
      remedy: 'Correct the issuer or `spec.key`, then ask for another try: [rotate](requests.md#rotate).',
    },
    TargetChanged: {
      means: 'A target does not serve the new key any more: somebody else wrote there.',
      remedy: 'Restore that value (Vault: `vault kv rollback`), or ask for another key: [rotate](requests.md#rotate).',
    },
    Drifted: {
      means:
        'While no rotation ran, somebody changed or deleted what a target holds. Where `spec.onDrift` is `Repair` it is written again by itself.',
      remedy:
        'Restore that value (Vault: `vault kv rollback`; it is seen within ten minutes), or have it written again: `kubectl -n payments patch akr apio --type merge -p \'{"spec":{"onDrift":"Repair"}}\'`. More in [drift.md](drift.md).',
    },
    RepairedTooOften: {
      means: 'What was repaired was changed again each time: somebody else writes there by a plan of their own.',
      remedy:
        'Find that writer (GitOps, a syncer, another tool) and stop it, then ask for another key: [rotate](requests.md#rotate).',
    },
    NeedsHuman: {
      means: 'Nothing moves without a person.',
      remedy: 'The message says what to do, with the command where there is one.',
    },
    StateRegression: {
      means: 'The status is older than what stands at the targets or at the issuer: it was restored from a backup.',
      remedy: '[accept-state](requests.md#accept-state), after making sure that no other cluster works on this key.',
    },
    UnknownState: {
      means: 'The status was written by another installation, or cannot be understood.',
      remedy: 'Start the operator with the `--installation` of the message, restore the status, or make a new object.',
    },
    IssuerContradicts: {
      means: 'The issuer lists a key as alive, and does not know it when asked for it.',
      remedy: 'Wait; if it never agrees with itself, revoke the key there by hand.',
    },
    KeyLimit: {
      means: 'The issuer allows no further living key.',
      remedy: 'Revoke there one of the keys that the message names and nobody uses.',
    },
    IssueLimit: {
      means:
        'Too many keys, or permissions for one, were asked for within an hour: for one object (`--issue-calls-per-hour`), or by a namespace (`issueCallsPerHour` of a grant, or `--namespace-issue-calls-per-hour`).',
      remedy: 'Find out why so many were needed; it goes on at the time in the message.',
    },
  },
};
