import type { RotationStatus } from '../../../src/api/types.ts';
import { committedIn } from '../invariants/reading.ts';
import type { Call, CallFault } from '../kernel/faults.ts';
import type { Entry, EntryOf } from '../ledger/ledger.ts';

/** What a picture needs to know of what happened before a row of it. */
export interface Past {
  readonly entries: readonly Entry[];
  status(): RotationStatus;
  /** `2.1`. */
  attempt(): string;
  faultOf(call: Call): CallFault | undefined;
  last<T extends Entry['type']>(type: T, fits?: (entry: EntryOf<T>) => boolean): EntryOf<T> | undefined;
}

export function pastOf(entries: readonly Entry[]): Past {
  function last<T extends Entry['type']>(type: T, fits: (entry: EntryOf<T>) => boolean = () => true) {
    return entries.findLast((entry): entry is EntryOf<T> => entry.type === type && fits(entry as EntryOf<T>));
  }
  const object = () => last('StatusWritten')?.after;
  return {
    entries,
    last,
    status: () => object()?.status ?? {},
    attempt() {
      const now = object();
      const { revision, attempt } = now ? committedIn(now) : { revision: 0, attempt: 0 };
      return `${revision}.${attempt}`;
    },
    faultOf: (call) => last('Struck', (entry) => entry.call === call)?.fault,
  };
}

/** Whether a write leaves the key that is to be retired where it is, or nothing; a key of the running revision is taken over. */
export function isFence({ before, after }: EntryOf<'TargetWritten'>, past: Past): boolean {
  const { keyID } = past.status().rotation?.oldKey ?? {};
  return before?.text === after?.text && (after?.text === undefined || after.marker?.keyID === keyID);
}
