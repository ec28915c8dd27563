import type { ApiKeyRotation, DriftedTarget, IssuerIdentity, Plan, RecordedKey, TargetVersion } from '../api/types.ts';
import type { ConsumerAssessment } from './assessment.ts';
import type { Explanation } from './explanation.ts';
import type { Ordinal } from './ordinal.ts';

/** What is known when a decision is made. A fact that nobody looked at is `undefined`, never taken as absent. */
export interface Facts {
  /** The object as last read or as the last successful CAS returned it. */
  readonly object: ApiKeyRotation;
  /** Set where the API server has said in this reconcile that the object is so; otherwise it comes from a cache. */
  readonly live?: true;
  readonly installation: string;
  readonly time: TimeFact;
  readonly limits: Limits;
  /** RFC 3339, server time: since when no other process works, as far as an election tells; undefined without one. */
  readonly leadsSince?: string;
  /** A UUID nobody has used: becomes the claim of the next attempt that this process commits. */
  readonly freshClaim: string;
  readonly schedule: ScheduleFact;
  /** Set where spec names one. */
  readonly after?: TwinFact;
  readonly references: ReferencesFact;
  /** What all rotations of the namespace together may ask for, where they have asked for so much that it may be reached. */
  readonly namespaceLimits?: readonly NamespaceLimit[];
  /** What the issuer of the running attempt, or of the next one, can do; undefined when it is gone. */
  readonly capabilities?: Capabilities;
  /** An older rotation that writes one of our paths, as `namespace/name`. */
  readonly conflictWith?: string;
  /** What this process did for the running attempt; undefined when it holds no claim on it. */
  readonly holding?: Holding;
  /** Live reads of the targets of the running plan, or of the plan to be. */
  readonly targets?: readonly TargetFact[];
  /**
   * Keys that carry our label, live from the issuer of the running plan, or of the plan to be. An issuer that cannot list was
   * asked for the keys that status and markers name: others may live there.
   */
  readonly labelled?: readonly LabelledKey[];
  /** The key that all targets serve now, as the issuer identifies it. */
  readonly identity?: IdentityFact;
  /** Whether the key that the running rotation retires, or at rest the current one, could be published again. */
  readonly restorable?: RestorableFact;
  /** When the targets were seen last while no rotation ran, and what had changed there; undefined where nobody looks at rest. */
  readonly lastLook?: LastLook;
  /** Whether this process has committed the repair that status holds. */
  readonly holdsRepair?: true;
  /** What became of that repair. */
  readonly repaired?: RepairedFact;
  /** Versions written for targets that were added to the spec. */
  readonly copies?: readonly TargetVersion[];
  /** The key that a repeat of an unanswered issue call was told. */
  readonly found?: FoundKey;
  /** Whether this process has revoked every key of `status.deletion`. */
  readonly deletionRevoked?: boolean;
  /** The old key that this process has seen to be ours (or adopted), and served nowhere, for the intent to revoke it. */
  readonly confirmedOldKey?: string;
  /** Live from the issuers just before a decision about revoking. */
  readonly keys?: KeysFact;
  /** What people have been asked for by a step of this reconcile, and have yet to do. */
  readonly pending?: PendingFact;
  /** What the current key may do, live from its issuer. */
  readonly permissions?: PermissionsFact;
  /** SHA-256 of the proof that each consumer can give with the published key, by consumer; from a read-back. */
  readonly proofHashes?: Readonly<Record<string, string>>;
  /** What the issuers tell of the use of the two keys, live; undefined also where no consumer of spec asks for it. */
  readonly usage?: UsageFact;
  /** Assessed from cached reports and the pods seen last. */
  readonly evidence?: readonly ConsumerAssessment[];
  /** Workloads of this namespace that restart for other rotations, as far as caches tell; comes with evidence. */
  readonly restartsElsewhere?: readonly string[];
  /** Assessed from live reads, pods last. */
  readonly liveEvidence?: readonly ConsumerAssessment[];
}

/** What an issuer can do (design section 7), as its adapter declares it. */
export interface Capabilities {
  readonly replay: 'Full' | 'ID' | 'None';
  /** Milliseconds; absent: for ever. */
  readonly replayWindowMs?: number;
  readonly list: boolean;
  readonly maxKeys?: number;
  /** People work there: milliseconds in which they are expected to do what they are asked for. */
  readonly expectedWithinMs?: number;
  /** Milliseconds; absent: it does not tell when keys were used. */
  readonly usageResolutionMs?: number;
}

/** See PeopleRequest of the issuers' port. */
export interface PendingFact {
  readonly text: string;
  readonly secretName?: string;
  readonly problem?: string;
}

/** The key of an attempt whose issue call was not answered. */
export interface FoundKey extends Ordinal {
  readonly keyID: string;
}

/** Server time (design section 5): never this machine's clock. */
export interface TimeFact {
  /** Milliseconds; the API server's clock has certainly reached it: the end of a duration. */
  readonly now: number;
  /** RFC 3339; the API server's clock has certainly not passed it: the start of a duration. */
  readonly stamp: string;
  /** Whether `now` was asked for during this decision; otherwise it may lag behind. */
  readonly fresh: boolean;
}

/** Durations in milliseconds unless said otherwise. */
export interface Limits {
  /** A process without the claim recovers an attempt that is older than this; see takeOverDelay. */
  readonly takeOverAfter: number;
  /** A revocation later than this after its last check looks at the evidence again. */
  readonly recheckAfter: number;
  /** After an issue call with unknown outcome, orphans are swept once more this much later. */
  readonly sweepDelay: number;
  readonly issueCallsPerHour: number;
  /** Of all objects of a namespace together. */
  readonly namespaceIssueCallsPerHour: number;
  /** Restarts of workloads of one namespace that may be under way at a time. */
  readonly restartsAtOnce: number;
  /** Tries of a deletion end this long after it was asked for. */
  readonly deletionGiveUpAfter: number;
}

/**
 * `issuer`: whose grant says so, of calls to it; otherwise it is the operator's own. `calls`: when they were made, RFC 3339; asked for only
 * where a key would be issued, for there may be thousands, and most objects of the namespace are at rest.
 */
export interface NamespaceLimit {
  readonly issuer?: IssuerIdentity;
  readonly perHour: number;
  readonly calls: () => readonly string[];
}

export type ScheduleFact =
  | { readonly type: 'None' }
  | { readonly type: 'Invalid'; readonly message: string }
  | {
      readonly type: 'Valid';
      readonly due: boolean;
      readonly tick?: string;
      readonly next?: string;
      /** Set where there are windows. */
      readonly window?: WindowFact;
    };

/**
 * The window that is open, or else the next; RFC 3339, `closesAt` exclusive. `spreadAt`: when a planned rotation begins that waited
 * for it.
 */
export interface WindowFact {
  readonly opensAt: string;
  readonly closesAt: string;
  readonly spreadAt: string;
}

/**
 * The rotation that must have rotated before (`spec.after`), from the cache; undefined where there is none of that name. `circle`: the
 * names of rotations that wait for one another, this one first. `tooMany`: more are ahead than anybody follows, so that a circle of them
 * would not be seen; how many were.
 */
export type TwinFact = {
  readonly twin: ApiKeyRotation | undefined;
  readonly circle?: readonly string[];
  readonly tooMany?: number;
};

export type ReferencesFact =
  /** `hasSecretTarget`: whether a target is a Secret that pods can read. */
  | { readonly type: 'Resolved'; readonly plan: Plan; readonly hasSecretTarget?: boolean }
  | ({ readonly type: 'Unresolved' } & Explanation);

/** A key's identity once it is published and read back everywhere. */
export interface Delivered {
  readonly key: {
    readonly keyID: string;
    readonly fingerprint: string;
    readonly issuedAt?: string;
    readonly expiresAt?: string;
  };
  readonly targets: readonly { readonly name: string; readonly version: string; readonly createdTime?: string }[];
  /** SHA-256 of the proof each consumer can give, by consumer. */
  readonly proofHashes: Readonly<Record<string, string>>;
}

/** A key that this process holds and nobody else; `served`: a target may have served it, so that consumers may have loaded it. */
export interface KeyInHand {
  readonly keyID: string;
  readonly served: boolean;
}

/** How far this process came with the attempt whose claim it holds. */
export type Holding =
  /** Nothing irrevocable happened yet, or the key is in hand and not everywhere published. */
  | { readonly type: 'Working'; readonly key?: KeyInHand; readonly targets?: readonly TargetProgress[] }
  /** Every target was read back. */
  | { readonly type: 'Delivered'; readonly delivered: Delivered }
  /** No answer came to the issue call: it may have made a key, or make one later. */
  | { readonly type: 'Unanswered' }
  /**
   * The key has no text, or somebody else wrote: this attempt cannot go on. `keyID` is set where its key may still live; `served`
   * where a target may have served it, so that consumers may have loaded it.
   */
  | { readonly type: 'Lost'; readonly reason: string; readonly keyID?: string; readonly served?: boolean }
  /** The key did not verify. It was never published; `keyID` is set while it may still live. */
  | { readonly type: 'VerificationFailed'; readonly keyID?: string; readonly message: string }
  /** A target holds what rule W forbids to replace; the key was never published and is revoked. */
  | { readonly type: 'Stopped'; readonly reason: string; readonly message: string }
  /** Nothing to take over was found and every target carries this attempt's marker. */
  | { readonly type: 'Fenced' };

/** How far the key in hand came at one target. `message`: why not further; no secret. */
export type TargetProgress =
  | { readonly name: string; readonly state: 'Published'; readonly version: string; readonly createdTime?: string }
  | { readonly name: string; readonly state: 'Pending'; readonly message?: string };

/** One target, read live. */
export type TargetFact = TargetPlace &
  (
    | { readonly presence: 'Absent' }
    | {
        readonly presence: 'Present';
        readonly version: string;
        readonly createdTime?: string;
        /** Of the key field; undefined where that field is missing. */
        readonly fingerprint?: string;
        /** Whether any field that this rotation writes exists. */
        readonly hasOurFields: boolean;
        readonly marker?: MarkerFact;
      }
  );

interface TargetPlace {
  readonly name: string;
  readonly address: string;
  readonly path: string;
  readonly fieldsPolicy: 'OwnAll' | 'Merge';
  /** See KeyStore.versionsNameValues. */
  readonly versionsNameValues: boolean;
}

/** A marker as found at a target: untrusted until it is ours and the issuer confirms its key. */
export interface MarkerFact extends Ordinal {
  readonly installation: string;
  readonly uid: string;
  readonly keyID: string;
}

/** A key with our label, at the issuer that listed it. */
export interface LabelledKey extends Ordinal {
  readonly keyID: string;
  readonly live: boolean;
  readonly issuer: IssuerIdentity;
}

/** `labelled`: it carries a label of this installation and object. `remedy`: what helps where the value is to be adopted. */
export type IdentityFact =
  | { readonly type: 'Key'; readonly key: RecordedKey; readonly labelled: boolean }
  | { readonly type: 'None'; readonly problem: string; readonly remedy: string };

/** `at`: milliseconds, server time; when this process saw the object first, where it has not looked yet. */
export interface LastLook {
  readonly at: number;
  readonly drifted: readonly DriftedTarget[];
}

/** `Stopped`: what stands there now, or the key itself, is not as it was when the repair began; nothing more is written. */
export type RepairedFact =
  | { readonly type: 'Done'; readonly targets: readonly TargetVersion[] }
  | { readonly type: 'Stopped'; readonly message: string };

/** `Found`: some place still gives its text, and the issuer confirms it as that living key of ours. */
export type RestorableFact = { readonly type: 'Found' } | { readonly type: 'None'; readonly message: string };

/**
 * `Unknown`: the issuer knows no such key. `Dead`: it knows it as dead. `NewKeyRequired`: it answers that what is asked for takes another key. `ours`: our
 * label, or an adopted key whose text still stands at its targets.
 */
export type PermissionsFact =
  | { readonly type: 'Told'; readonly permissions: readonly string[]; readonly ours: boolean }
  | { readonly type: 'Unknown' }
  | { readonly type: 'Dead' }
  | { readonly type: 'NewKeyRequired' };

/** The two keys of a rotation as their issuers see them. */
export interface KeysFact {
  /** undefined: the issuer answers that there is no such key. */
  readonly old?: { readonly live: boolean; readonly ours: boolean };
  readonly newVerified: boolean;
}

/** When the keys of a rotation were used. Times in milliseconds since the epoch: `now` by the API server, others by the issuers. */
export interface UsageFact {
  /** The API server's clock had certainly gone so far. */
  readonly now: number;
  readonly old: OldKeyUse;
  readonly fresh: NewKeyUse;
}

/** `Dead`: nobody can use it. `Told`: at `asOf`; not used at all where `lastUsedAt` is absent. */
export type OldKeyUse =
  | { readonly type: 'Dead'; readonly keyID: string }
  | Untold
  | {
      readonly type: 'Told';
      readonly keyID: string;
      readonly asOf: number;
      readonly lastUsedAt?: number;
      readonly resolutionMs: number;
    };

/** `Used`: by somebody else, after it was published. `Unused`: not seen to be used later than `since`, up to which we may have done so. */
export type NewKeyUse =
  | Untold
  | { readonly type: 'Unused'; readonly keyID: string; readonly since: number }
  | { readonly type: 'Used'; readonly keyID: string; readonly at: number };

/** Nothing that could be relied on; `why`: a sentence with a remedy. */
interface Untold {
  readonly type: 'Untold';
  readonly why: string;
}
