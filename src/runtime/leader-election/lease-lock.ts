import { CallError } from '../../http/call-error.ts';
import type { Clock } from '../clock.ts';
import { createDeadline } from '../kube/deadline.ts';
import type { KubeApi } from '../kube/kube-api.ts';
import { leases } from '../kube/resources.ts';
import type { Lease, LeaseSpec } from './lease.ts';

/** Which Lease. */
export interface LeaseName {
  readonly namespace: string;
  readonly name: string;
}

/** Reads and writes one Lease. Every method throws CallError, at the latest when the time-out is over or `signal` aborts. */
export interface LeaseLock {
  /** As it stands now; undefined where there is none. */
  read(signal?: AbortSignal): Promise<Lease | undefined>;
  /** Compare-and-set: makes the lease that was read, or the one that was missing, have this spec. */
  write(previous: Lease | undefined, spec: LeaseSpec, signal?: AbortSignal): Promise<Lease>;
}

/** What a lock needs. */
export interface LeaseLockDeps {
  readonly kube: Pick<KubeApi, 'get' | 'create' | 'replace'>;
  readonly clock: Clock;
  readonly lease: LeaseName;
  readonly callTimeout: number;
}

export function createLeaseLock({ kube, clock, lease: { namespace, name }, callTimeout }: LeaseLockDeps): LeaseLock {
  const ref = { resource: leases, namespace, name };

  /** A call that is given up may still be carried out; then the version that it was compared with is gone for all others. */
  async function inTime<T>(call: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
    const deadline = createDeadline(clock, callTimeout, signal);
    try {
      return await deadline.race(call);
    } catch (error) {
      if (error instanceof CallError || !deadline.signal.aborted) throw error;
      throw new CallError('unknown', 'RequestTimedOut', `no answer about Lease ${namespace}/${name} in time`);
    } finally {
      deadline.end();
    }
  }

  return {
    read: (signal) => inTime(kube.get<Lease>(ref), signal),
    write(previous, spec, signal) {
      const call = previous
        ? kube.replace<Lease>(ref, { ...previous, spec })
        : kube.create<Lease>(leases, namespace, { metadata: { namespace, name }, spec });
      return inTime(call, signal);
    },
  };
}
