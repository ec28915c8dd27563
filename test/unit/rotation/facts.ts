import { FINALIZER } from '../../../src/api/names.ts';
import type {
  ApiKeyRotation,
  IssuerIdentity,
  Plan,
  PlannedTarget,
  RecordedKey,
  RotationSpec,
  RotationStatus,
  RunningRotation,
} from '../../../src/api/types.ts';
import type { ConsumerAssessment } from '../../../src/rotation/assessment.ts';
import type { Delivered, Facts, LabelledKey, MarkerFact, TargetFact } from '../../../src/rotation/facts.ts';

/** What a row of a table says of the world; everything else is as usual. */
export interface Given extends Partial<Omit<Facts, 'object' | 'time'>> {
  readonly spec?: Partial<RotationSpec>;
  readonly status?: RotationStatus;
  readonly metadata?: Partial<ApiKeyRotation['metadata']>;
  readonly annotations?: Record<string, string>;
  /** Server time, RFC 3339. */
  readonly at?: string;
  /** By how many milliseconds the lower bound of server time lies behind. */
  readonly lag?: number;
  /** Whether the server was asked for the time just now. */
  readonly fresh?: boolean;
}

export const INSTALLATION = 'inst';
export const UID = 'uid-1';
/** When every running rotation of these tests was started and published. */
const STARTED = '2030-01-01T12:00:00Z';

export const ISSUER: IssuerIdentity = {
  kind: 'ApiKeyIssuer',
  name: 'apio',
  uid: 'issuer-uid',
  origin: 'https://apio.test',
};

export function planned(name: string, path: string = name): PlannedTarget {
  const store = { storeName: 'vault', storeUID: 'store-uid', address: 'vault:https://vault.test/secret' };
  return { name, ...store, path, fields: { key: 'key', keyID: 'keyID' } };
}

export const PLAN: Plan = {
  issuer: ISSUER,
  key: { environment: 'Live', permissions: ['read'] },
  targets: [planned('vault')],
};

/** Of the text of the key with this id. */
export function printOf(keyID: string): string {
  return keyID.padEnd(16, '0').slice(0, 16);
}

/** A key as status records it, in the version that its attempt wrote. */
export function recorded(keyID: string, change: Partial<RecordedKey> = {}): RecordedKey {
  const { name, storeName, storeUID, address, path } = planned('vault');
  return {
    keyID,
    revision: 1,
    attempt: 1,
    fingerprint: printOf(keyID),
    environment: 'Live',
    permissions: ['read'],
    issuer: ISSUER,
    targets: [{ name, storeName, storeUID, address, path, keyField: 'key', version: '1' }],
    ...change,
  };
}

export function marker(revision: number, attempt: number, keyID: string, change: Partial<MarkerFact> = {}): MarkerFact {
  return { installation: INSTALLATION, uid: UID, revision, attempt, keyID, ...change };
}

type PresentTarget = Extract<TargetFact, { presence: 'Present' }>;

/** A target that serves the key of this id, marked as `ordinal` says. */
export function serving(
  keyID: string,
  ordinal: readonly [number, number] = [1, 1],
  change: Partial<PresentTarget> = {},
): PresentTarget {
  return {
    ...placeOf('vault'),
    presence: 'Present',
    version: '1',
    fingerprint: printOf(keyID),
    hasOurFields: true,
    marker: marker(...ordinal, keyID),
    ...change,
  };
}

/** The same without any marker: somebody else wrote it. */
export function unmarked(keyID: string, change: Partial<PresentTarget> = {}): PresentTarget {
  const { marker: _, ...rest } = serving(keyID, [1, 1], change);
  return rest;
}

export function absent(name = 'vault'): TargetFact {
  return { ...placeOf(name), presence: 'Absent' };
}

export function placeOf(name: string) {
  const { address, path } = planned(name);
  return { name, address, path, fieldsPolicy: 'OwnAll', versionsNameValues: true } as const;
}

export function labelled(keyID: string, revision: number, attempt: number, live = true): LabelledKey {
  return { keyID, revision, attempt, live, issuer: ISSUER };
}

export const PENDING: ConsumerAssessment = {
  name: 'api',
  state: 'Pending',
  missingPods: ['api-1'],
  message: 'waiting for reports of pod api-1 (1 of 2 reported)',
};
export const MIGRATED: ConsumerAssessment = {
  name: 'api',
  state: 'Migrated',
  missingPods: [],
  message: 'every live pod reported (2 of 2 reported)',
};

export const DELIVERED: Delivered = {
  key: { keyID: 'k2', fingerprint: printOf('k2') },
  targets: [{ name: 'vault', version: '2' }],
  proofHashes: { api: 'h'.repeat(64) },
};

/** Nothing runs; key k1 of attempt 1.1 is current. */
export function idle(change: Partial<RotationStatus> = {}): RotationStatus {
  return { protocol: 1, installation: INSTALLATION, revision: 1, attempt: 1, current: recorded('k1'), ...change };
}

/** Revision 2 obtains its key; k1 is to be retired. */
export function issuing(change: Partial<RunningRotation> = {}, status: Partial<RotationStatus> = {}): RotationStatus {
  const rotation: RunningRotation = {
    attemptID: `${INSTALLATION}/${UID}/2.1`,
    attemptAt: STARTED,
    claim: 'claim-1',
    trigger: 'Requested',
    startedAt: STARTED,
    plan: PLAN,
    oldKey: recorded('k1'),
    targets: [{ name: 'vault', state: 'Pending' }],
    consumers: [{ name: 'api', state: 'Pending', since: STARTED }],
    ...change,
  };
  return idle({ revision: 2, attempt: 1, rotation, ...status });
}

/** k2 of attempt 2.1 is published; consumers move over from k1. */
export function migrating(change: Partial<RunningRotation> = {}, status: Partial<RotationStatus> = {}): RotationStatus {
  return issuing({ publishedAt: STARTED, newKey: { keyID: 'k2', fingerprint: printOf('k2') }, ...change }, status);
}

/** k1 may be revoked. */
export function revoking(change: Partial<RunningRotation> = {}): RotationStatus {
  return migrating({ revokeIntent: { keyID: 'k1', decidedAt: STARTED, basis: 'Evidence' }, ...change });
}

/** Facts of a usual object: one target, one consumer, references resolved, nothing looked at. */
export function factsOf({
  spec,
  status,
  metadata,
  annotations,
  at = STARTED,
  fresh = false,
  lag = 0,
  ...rest
}: Given = {}): Facts {
  return {
    object: {
      metadata: {
        namespace: 'team',
        name: 'payments',
        uid: UID,
        generation: 1,
        creationTimestamp: '2030-01-01T00:00:00Z',
        finalizers: [FINALIZER],
        ...(annotations && { annotations }),
        ...metadata,
      },
      spec: {
        issuerRef: { name: 'apio' },
        key: { environment: 'Live', permissions: ['read'] },
        targets: [{ name: 'vault', storeRef: { name: 'vault' }, path: 'vault' }],
        consumers: [{ name: 'api', evidence: [{ type: 'Report', report: { serviceAccountName: 'api' } }] }],
        ...spec,
      },
      ...(status && { status }),
    },
    installation: INSTALLATION,
    capabilities: { replay: 'ID', list: true },
    time: { now: Date.parse(at) - lag, stamp: at, fresh },
    limits: {
      takeOverAfter: 60_000,
      recheckAfter: 300_000,
      sweepDelay: 600_000,
      issueCallsPerHour: 6,
      namespaceIssueCallsPerHour: 1_000,
      restartsAtOnce: 3,
      deletionGiveUpAfter: 600_000,
    },
    freshClaim: 'claim-fresh',
    schedule: { type: 'None' },
    references: { type: 'Resolved', plan: PLAN },
    ...rest,
  };
}
