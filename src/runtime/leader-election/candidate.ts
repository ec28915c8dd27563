import { CallError } from '../../http/call-error.ts';
import type { Clock } from '../clock.ts';
import { heldBy, type Lease, released } from './lease.ts';
import type { LeaseLock } from './lease-lock.ts';
import type { ElectionTiming } from './timing.ts';

/** How a try to hold the lease ended. */
export type Attempt =
  /** `since`: monotonic time at which the write that proves it began. `acquired`: it was not ours until then. */
  | { readonly type: 'Held'; readonly since: number; readonly acquired: boolean }
  /** Another holds it, for at least `validFor` more milliseconds unless it gives it back. */
  | { readonly type: 'HeldByOther'; readonly holder: string; readonly validFor: number };

/** One process' view of the lease. */
export interface Candidate {
  /** Reads the lease: the time for which a foreign one is left alone runs from the first look at it. Throws CallError. */
  look(signal?: AbortSignal): Promise<Lease | undefined>;
  /** Renews the lease, or acquires it where it is free. Throws CallError where the outcome is unknown or a race was lost. */
  attempt(signal: AbortSignal): Promise<Attempt>;
  /** Gives the lease back if it is ours; throws CallError where that is not certain. */
  release(): Promise<void>;
}

export interface CandidateDeps {
  readonly lock: LeaseLock;
  readonly clock: Clock;
  readonly identity: string;
  readonly timing: Pick<ElectionTiming, 'leaseDuration'>;
}

/**
 * client-go's `tryAcquireOrRenew`. Others' times are not believed: a foreign lease is valid for its duration from when this
 * process saw its last change, by its own monotonic clock.
 */
export function createCandidate({ lock, clock, identity, timing: { leaseDuration } }: CandidateDeps): Candidate {
  /** The lease as seen last, and the monotonic time at which this version was first seen. */
  let observed: { readonly lease: Lease; readonly at: number } | undefined;
  /** Whether a write of ours may stand, also one that was never answered. */
  let mayHold = false;

  const isOurs = (lease: Lease | undefined) => lease?.spec?.holderIdentity === identity;

  function observe(lease: Lease): void {
    const { uid, resourceVersion } = observed?.lease.metadata ?? {};
    if (observed && uid === lease.metadata.uid && resourceVersion === lease.metadata.resourceVersion) return;
    observed = { lease, at: clock.monotonic() };
  }

  /** A lease that somebody deleted is left to its holder for as long as if it still stood there. */
  function foreignTerm(): Attempt | undefined {
    const { holderIdentity: holder = '', leaseDurationSeconds } = observed?.lease.spec ?? {};
    if (!observed || holder === '' || holder === identity) return undefined;
    const duration = leaseDurationSeconds === undefined ? leaseDuration : leaseDurationSeconds * 1_000;
    const validFor = observed.at + duration - clock.monotonic();
    return validFor > 0 ? { type: 'HeldByOther', holder, validFor } : undefined;
  }

  async function hold(previous: Lease | undefined, signal: AbortSignal): Promise<Attempt> {
    const since = clock.monotonic();
    mayHold = true;
    const spec = heldBy(identity, previous ?? {}, { nowMs: clock.now(), leaseDuration });
    observe(await lock.write(previous, spec, signal));
    return { type: 'Held', since, acquired: !isOurs(previous) };
  }

  function giveBack(lease: Lease): Promise<Lease> {
    return lock.write(lease, released(lease.spec ?? {}, clock.now()));
  }

  async function look(signal?: AbortSignal): Promise<Lease | undefined> {
    const lease = await lock.read(signal);
    if (lease) observe(lease);
    return lease;
  }

  return {
    look,
    async attempt(signal) {
      if (observed && isOurs(observed.lease)) {
        const held = await hold(observed.lease, signal).catch(toUndefined);
        if (held) return held;
      }
      const lease = await look(signal);
      const foreign = foreignTerm();
      if (!foreign) return hold(lease, signal);
      mayHold = false;
      return foreign;
    },
    async release() {
      if (!mayHold) return;
      if (observed && isOurs(observed.lease) && (await giveBack(observed.lease).catch(toUndefined))) return;
      // A write that was given up may have been carried out.
      const lease = await look();
      if (lease && isOurs(lease)) await giveBack(lease);
    },
  };
}

/** What another look may set right. */
function toUndefined(error: unknown): undefined {
  if (!(error instanceof CallError)) throw error;
}
