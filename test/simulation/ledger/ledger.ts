import type { ApiKeyRotation, MigrationReport } from '../../../src/api/types.ts';
import type { IssuerCapabilities } from '../../../src/issuers/port.ts';
import type { Marker } from '../../../src/key/marker.ts';
import type { Lease } from '../../../src/runtime/leader-election/lease.ts';
import type { Call, CallFault } from '../kernel/faults.ts';
import type { EventFate } from '../kernel/kube-port.ts';

/** A key as the issuer has it; its text is known here, to find it wherever it must not be. */
export interface Key {
  readonly id: string;
  readonly text: string;
  readonly fingerprint: string;
  readonly label: string | undefined;
  /** Whether it lives at this moment. */
  readonly alive: () => boolean;
}

/** What stands at a place where consumers read. */
export interface Value {
  readonly version: string;
  /** The text of its key field; undefined where it has none. */
  readonly text: string | undefined;
  /** The text of its field `previous`, in which some stories have a target show the key before. */
  readonly previous?: string | undefined;
  readonly marker: Marker | undefined;
  /** Of a Secret, which has no earlier versions: the texts of all its fields. */
  readonly texts?: readonly string[];
}

/** One thing that happened, or one answer that a process got. */
export type Happening =
  | { readonly type: 'Issued'; readonly key: Key }
  | { readonly type: 'Died'; readonly key: Key; readonly how: 'Revoked' | 'Expired' }
  | {
      readonly type: 'TargetWritten';
      readonly path: string;
      readonly before: Value | undefined;
      readonly after: Value | undefined;
    }
  | {
      readonly type: 'StatusWritten';
      readonly before: ApiKeyRotation;
      readonly after: ApiKeyRotation;
      readonly guarded: boolean;
    }
  | {
      readonly type: 'ObjectWritten';
      readonly before: ApiKeyRotation | undefined;
      readonly after: ApiKeyRotation | undefined;
    }
  | { readonly type: 'ReportWritten'; readonly report: MigrationReport }
  /** A pod begins to call with the key of this text. `obedient`: it uses what its target serves and tells the truth. */
  | {
      readonly type: 'Loaded';
      readonly pod: string;
      readonly path: string;
      readonly text: string;
      readonly obedient: boolean;
    }
  /** A pod reports what it uses, and proves it for this revision. */
  | {
      readonly type: 'Told';
      readonly pod: string;
      readonly consumer: string;
      readonly uid: string;
      readonly revision: number;
      readonly fingerprint: string;
    }
  /** Somebody who is none of ours calls the API with the key of this text. */
  | { readonly type: 'Used'; readonly text: string }
  /** Who may approve does so. What others write as an approval is none. */
  | {
      readonly type: 'Approved';
      readonly consumer: string;
      readonly uid: string;
      readonly revision: number;
      readonly fingerprint: string;
    }
  | { readonly type: 'PodGone'; readonly pod: string }
  /** Whatever was written to Kubernetes (but Secrets) or logged. */
  | {
      readonly type: 'Said';
      readonly where: string;
      readonly what: unknown;
      /** What was said there before, and is replaced. */
      readonly instead?: unknown;
    }
  /** A Secret between people and us: the register of what they gave, or one in which they give a key. `text`: all that it holds; undefined: it is gone. */
  | { readonly type: 'Exchanged'; readonly secret: 'Register' | 'Handover'; readonly text: string | undefined }
  /** The Lease that an election is about. */
  | { readonly type: 'LeaseWritten'; readonly after: Lease | undefined }
  /** A process has decided to call, whatever becomes of that. */
  | { readonly type: 'Begun'; readonly call: Call }
  | { readonly type: 'Answered'; readonly call: Call; readonly value: unknown }
  /** A request was carried out that failed, or was refused. */
  | { readonly type: 'Failed'; readonly call: Call }
  /** A process hears that a call was refused; `retryAfterSeconds`: and that it may come again after so long. */
  | { readonly type: 'Refused'; readonly call: Call; readonly retryAfterSeconds: number | undefined }
  /** A planned fault strikes a call as it leaves; `number`: its number since faults can strike. */
  | { readonly type: 'Struck'; readonly call: Call; readonly fault: CallFault; readonly number: number }
  /** A planned fate meets an event of a watch. */
  | { readonly type: 'EventStruck'; readonly fate: EventFate; readonly number: number }
  | { readonly type: 'ProcessDied' };

/** A happening with its place in history. `by`: the process that caused it or was answered; `outside`: nobody of ours. */
export type Entry = Happening & { readonly at: number; readonly by: string };

/** Happenings of one kind. */
export type EntryOf<T extends Happening['type']> = Extract<Entry, { type: T }>;

/** What does not change in a world. */
export interface Circumstances {
  readonly installation: string;
  readonly issuer: IssuerCapabilities;
  readonly operators: number;
  /** Whether the operators elect the one that works. */
  readonly elected: boolean;
  /** Of issue calls for one object. */
  readonly issueCallsPerHour: number;
  /** Milliseconds since the epoch at the ledger's time 0. */
  readonly epoch: number;
}

export const OUTSIDE = 'outside';
/** People who do what we have asked them for. */
export const ASKED = 'people';

/** Everything that happened in one world, oldest first, and what stands now. Told of each happening within it. */
export class Ledger {
  readonly entries: Entry[] = [];
  readonly keys = new Map<string, Key>();
  readonly keysByText = new Map<string, Key>();
  readonly targets = new Map<string, Value>();
  /** The rotation as it stands, or as it stood last. */
  rotation: ApiKeyRotation | undefined;
  gone = false;
  /** Which key each pod calls with. */
  readonly pods = new Map<string, EntryOf<'Loaded'>>();
  readonly leases: EntryOf<'LeaseWritten'>[] = [];
  /** What went wrong so far. */
  readonly struck: (EntryOf<'Struck'> | EntryOf<'EventStruck'>)[] = [];
  /** When each process has made each call since it was last answered, were it with a refusal, oldest first: more than one is a retry. */
  readonly tries = new Map<string, number[]>();
  /** When each process that was told to wait may make a call again; by `waitOf`. */
  readonly notBefore = new Map<string, number>();
  /** Ids of all keys that any committed status ever allowed to be revoked. */
  readonly condemned = new Set<string>();
  readonly circumstances: Circumstances;
  readonly #now: () => number;
  readonly #onEntry: (entry: Entry) => void;

  constructor(circumstances: Circumstances, now: () => number, onEntry: (entry: Entry) => void) {
    this.circumstances = circumstances;
    this.#now = now;
    this.#onEntry = onEntry;
  }

  add(by: string, happening: Happening): void {
    const entry: Entry = { ...happening, at: this.#now(), by };
    this.entries.push(entry);
    this.#apply(entry);
    this.#onEntry(entry);
  }

  /** The last entry of a kind that fits, searched from the end. */
  last<T extends Happening['type']>(type: T, fits: (entry: EntryOf<T>) => boolean): EntryOf<T> | undefined {
    return this.entries.findLast((entry): entry is EntryOf<T> => entry.type === type && fits(entry as EntryOf<T>));
  }

  all<T extends Happening['type']>(type: T): EntryOf<T>[] {
    return this.entries.filter((entry): entry is EntryOf<T> => entry.type === type);
  }

  #note(key: string, at: number): void {
    const times = this.tries.get(key);
    if (times) times.push(at);
    else this.tries.set(key, [at]);
  }

  #apply(entry: Entry): void {
    switch (entry.type) {
      case 'Issued':
        this.keys.set(entry.key.id, entry.key);
        this.keysByText.set(entry.key.text, entry.key);
        break;
      case 'TargetWritten':
        if (entry.after) this.targets.set(entry.path, entry.after);
        else this.targets.delete(entry.path);
        break;
      case 'StatusWritten':
        this.rotation = entry.after;
        for (const id of condemnedBy(entry.after)) this.condemned.add(id);
        break;
      case 'Loaded':
        this.pods.set(entry.pod, entry);
        break;
      case 'PodGone':
        this.pods.delete(entry.pod);
        break;
      case 'Begun':
        this.#note(triesOf(entry), entry.at);
        break;
      case 'Answered':
      case 'Failed':
        this.tries.delete(triesOf(entry));
        break;
      case 'Refused':
        if (entry.retryAfterSeconds) this.notBefore.set(waitOf(entry), entry.at + entry.retryAfterSeconds * 1_000);
        break;
      case 'LeaseWritten':
        this.leases.push(entry);
        break;
      case 'Struck':
      case 'EventStruck':
        this.struck.push(entry);
        break;
      case 'ObjectWritten':
        this.gone = entry.after === undefined;
        this.rotation = entry.after ?? entry.before;
        break;
      default:
    }
  }
}

/** Under which name `Ledger.tries` keeps a call. */
export function triesOf({ by, call }: EntryOf<'Begun'> | EntryOf<'Answered'> | EntryOf<'Failed'>): string {
  return `${by} ${call.name} ${call.detail}`;
}

/** Under which name `Ledger.notBefore` keeps a call: for each process, and each issuer, store and kind of object that it calls about. */
export function waitOf({ by, call }: EntryOf<'Begun'> | EntryOf<'Refused'>): string {
  const about = call.peer === 'kube' ? call.name.split(' ').at(-1) : call.through;
  return `${by} ${call.peer} ${about ?? ''}`;
}

/** The keys that a status allows to be revoked. */
export function condemnedBy({ status }: ApiKeyRotation): string[] {
  const { rotation, abandoned = [], deletion } = status ?? {};
  const ids = [rotation?.revokeIntent?.keyID, ...abandoned.map(({ keyID }) => keyID), ...(deletion?.keyIDs ?? [])];
  return ids.filter((id) => id !== undefined);
}
