import type { ApiKeyRotation, Condition, RotationSpec, RotationStatus } from '../../../src/api/types.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Invariant } from './invariant.ts';
import { isOurs } from './reading.ts';

/** Something that a message has to hold: whom or what is waited for, since when or until when, and what ends it. */
type Part = 'attempt' | 'time' | 'key' | 'consumer' | 'target' | 'issuer' | 'store' | 'remedy';

/** What the message of each reason of our own has to name. */
const MUST_NAME: Readonly<Record<string, readonly Part[]>> = {
  Settled: [],
  Issuing: ['attempt', 'time'],
  Publishing: ['attempt', 'time'],
  UpdatingPermissions: ['time'],
  KeyRequested: ['time', 'remedy'],
  RevocationRequested: ['time', 'key', 'remedy'],
  Revoking: ['key', 'time'],
  Deleting: ['time'],
  IssueLimit: ['time', 'remedy'],
  KeyLimit: ['key', 'remedy'],
  Suspended: ['remedy'],
  WindowClosed: ['time', 'remedy'],
  PromotionPending: ['remedy'],
  Held: ['consumer', 'time', 'remedy'],
  EvidenceRegressed: ['key', 'time', 'consumer', 'remedy'],
  PolicyMissing: ['consumer', 'time', 'remedy'],
  AWSReadsLate: [],
  IssuerContradicts: ['key', 'issuer', 'time', 'remedy'],
  TargetChanged: ['target', 'remedy'],
  Drifted: ['target', 'key', 'time', 'remedy'],
  RepairedTooOften: ['target', 'key', 'time', 'remedy'],
  StateRegression: ['attempt', 'remedy'],
  RollbackImpossible: ['remedy'],
  RolledBack: ['key', 'remedy'],
  NeedsHuman: ['remedy'],
  VerificationFailed: ['remedy'],
  Conflict: ['remedy'],
  // Of a read of the past, where the write that it asked for is refused.
  ForeignMarker: ['remedy'],
  ForeignValue: ['remedy'],
  InvalidSpec: ['remedy'],
  UnknownState: ['remedy'],
  IssuerNotFound: ['issuer', 'remedy'],
  IssuerNotReady: ['issuer'],
  StoreNotFound: ['store', 'remedy'],
  StoreNotReady: ['store'],
  NotGranted: ['remedy'],
  EnvironmentMismatch: ['remedy'],
  ClusterKindsNotFollowed: ['remedy'],
  WorkloadAccessDenied: ['remedy'],
};

/** How calls fail in this world: the message names the call, and what it is for. */
const TROUBLE: ReadonlySet<string> = new Set([
  'AccessDenied',
  'Forbidden',
  'SecretAccessDenied',
  'ConnectionFailed',
  'RequestTimedOut',
  'ServerError',
  'TooManyRequests',
  'ServiceUnavailable',
  'NotLeading',
  'KeyNotUsableYet',
  'TargetContended',
  'TargetChanged',
  'RevocationPending',
  'PermissionsPending',
  'RequestRefused',
  'CallFailed',
  'NoSource',
  'ReferencesUnresolved',
  'IssuerReplaced',
  'StoreReplaced',
]);

const TIME = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/;
const ATTEMPT = /\b\d+\.\d+\b/;
/** A command, a field to change, a flag, or something to do elsewhere. */
const REMEDY =
  /kubectl |\bspec\.|--[a-z]|by hand|restore (it|status|that)|correct spec|remove (that|the) value|start it with|; create it|correct it/;

/** L2: a wait tells all about itself. */
export const waitsAreTold: Invariant = {
  id: 'L2',
  on: ['StatusWritten'],
  says: 'every wait names whom it waits for, since when, until when, and the command or field that ends it',
  broken(entry, ledger) {
    if (entry.type !== 'StatusWritten' || !isOurs(entry)) return undefined;
    const { conditions = [] } = entry.after.status ?? {};
    const [rotating, stalled] = ['Rotating', 'Stalled'].map((name) => conditions.find(({ type }) => type === name));
    return (
      (rotating && untold(rotating, entry.after, ledger)) ??
      (stalled?.status === 'True' ? withoutWayOut(stalled) : undefined)
    );
  },
};

function untold({ reason, message }: Condition, object: ApiKeyRotation, ledger: Ledger): string | undefined {
  if (message.trim() === '') return `nothing is said about ${reason}`;
  const parts = reason === 'Migrating' ? migratingParts(object) : (MUST_NAME[reason] ?? troubleParts(reason, object));
  if (!parts) return `${reason} is no known reason to wait: ${message}`;
  const missing = parts.filter((part) => !names(message, part, object, ledger));
  return missing.length === 0 ? undefined : `${reason} does not name ${missing.join(', ')}: ${message}`;
}

/** While consumers are missing they are named; after that only time is. */
function migratingParts({ spec, status }: ApiKeyRotation): readonly Part[] {
  const isPending = status?.rotation?.consumers?.some(({ state }) => state === 'Pending');
  if (isPending && !spec.withoutEvidence) return ['consumer', 'time', 'remedy'];
  return spec.migration?.gracePeriod || spec.withoutEvidence ? ['time'] : [];
}

/** What a call is for that did not succeed: the running attempt, key or wait, and since when. */
function troubleParts(reason: string, { status }: ApiKeyRotation): readonly Part[] | undefined {
  if (!TROUBLE.has(reason)) return undefined;
  return status?.rotation ? ['time'] : [];
}

function names(message: string, part: Part, { spec, status }: ApiKeyRotation, ledger: Ledger): boolean {
  const holds = (text: string) => message.includes(text);
  switch (part) {
    case 'attempt':
      return ATTEMPT.test(message);
    case 'time':
      return TIME.test(message);
    case 'key':
      return [...ledger.keys.keys()].some(holds);
    case 'consumer':
      return awaited(spec, status).some(({ name }) => holds(name));
    case 'target':
      return [...(status?.rotation?.plan.targets ?? []), ...spec.targets].some(({ path }) => holds(path));
    case 'issuer':
      return holds(spec.issuerRef.name);
    case 'store':
      return spec.targets.some(({ storeRef }) => holds(storeRef.name));
    case 'remedy':
      return REMEDY.test(message);
  }
}

/** The consumers that are missing; all, where none is. */
function awaited(spec: RotationSpec, status: RotationStatus | undefined): readonly { readonly name: string }[] {
  const pending = status?.rotation?.consumers?.filter(({ state }) => state === 'Pending') ?? [];
  return pending.length > 0 ? pending : (spec.consumers ?? []);
}

/** Nothing moves without a human: the human is told how. */
function withoutWayOut({ reason, message }: Condition): string | undefined {
  if (!(reason in MUST_NAME)) return `${reason} is no known reason to be stalled: ${message}`;
  return REMEDY.test(message) ? undefined : `Stalled by ${reason} without a command or field: ${message}`;
}
