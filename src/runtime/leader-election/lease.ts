import type { KubeObject } from '../kube/kube-api.ts';

/** A coordination.k8s.io/v1 Lease, as far as elections go; times are MicroTimes. */
export interface Lease extends KubeObject {
  readonly spec?: LeaseSpec;
}

/** Only the holder reads its own times: nobody compares the clocks of two machines. */
export interface LeaseSpec {
  /** Empty or missing: nobody holds it. */
  readonly holderIdentity?: string;
  readonly leaseDurationSeconds?: number;
  readonly acquireTime?: string;
  readonly renewTime?: string;
  readonly leaseTransitions?: number;
}

/** What the holder of a lease that it gives back writes: free, and for clients that look at the duration nearly over. */
const RELEASED_SECONDS = 1;

/** The spec with which `identity` holds the lease from `nowMs` (wall clock) on: renewed where it held it before, else acquired. */
export function heldBy(
  identity: string,
  { spec = {} }: Pick<Lease, 'spec'>,
  { nowMs, leaseDuration }: { readonly nowMs: number; readonly leaseDuration: number },
): LeaseSpec {
  const renewTime = freshTime(nowMs, spec.renewTime);
  const renewed = { ...spec, holderIdentity: identity, leaseDurationSeconds: leaseDuration / 1_000, renewTime };
  if (spec.holderIdentity === identity) return renewed;
  return { ...renewed, acquireTime: renewTime, leaseTransitions: transitionsAfter(spec) };
}

/** The spec that gives the lease back. */
export function released(spec: LeaseSpec, nowMs: number): LeaseSpec {
  const renewTime = freshTime(nowMs, spec.renewTime);
  return { ...spec, holderIdentity: '', leaseDurationSeconds: RELEASED_SECONDS, acquireTime: renewTime, renewTime };
}

/** Counts changes of the holder; the first one of all is none. */
function transitionsAfter({ renewTime, leaseTransitions = 0 }: LeaseSpec): number {
  return renewTime === undefined ? 0 : leaseTransitions + 1;
}

/** A write that changes nothing leaves no trace for others to see, so that a wall clock which stands still must not show. */
function freshTime(nowMs: number, before: string | undefined): string {
  const time = microTime(nowMs);
  return time === before ? time.replace('000Z', '001Z') : time;
}

/** Kubernetes takes a MicroTime with exactly six decimals. */
function microTime(ms: number): string {
  return new Date(ms).toISOString().replace('Z', '000Z');
}
