import { CallError } from '../../http/call-error.ts';
import { type Clock, sleep } from '../clock.ts';
import type { Entropy } from '../entropy.ts';
import type { KubeApi } from '../kube/kube-api.ts';
import type { Log } from '../log.ts';
import { type Attempt, createCandidate } from './candidate.ts';
import type { Leadership } from './leadership.ts';
import { createLeaseLock, type LeaseName } from './lease-lock.ts';
import { createTerms } from './terms.ts';
import { type ElectionTiming, TIMING } from './timing.ts';

/** What an elector needs. */
export interface ElectorDeps {
  readonly kube: Pick<KubeApi, 'get' | 'create' | 'replace'>;
  readonly clock: Clock;
  readonly entropy: Pick<Entropy, 'random'>;
  readonly log: Log;
  readonly lease: LeaseName;
  /** Of this process alone, also after a restart. */
  readonly identity: string;
  readonly timing?: ElectionTiming;
}

/** Wants to lead, for ever. Losing the lease ends a term, not the process: it stands by and tries again. */
export interface Elector extends Leadership {
  /** Looks at the lease before `start`: what a process that is gone has left of it passes meanwhile. Throws CallError. */
  look(): Promise<void>;
  /** Begins to try; call it when this process is ready to lead. */
  start(): void;
  /** Ends the term and gives the lease back; call it when all effects have ended. Never rejects. */
  stop(): Promise<void>;
}

/** An elector that stands still until `start`. */
export function createElector({ timing = TIMING, ...deps }: ElectorDeps): Elector {
  const { clock, entropy, identity } = deps;
  const log = deps.log.child({ lease: `${deps.lease.namespace}/${deps.lease.name}`, identity });
  const lock = createLeaseLock({ ...deps, callTimeout: timing.callTimeout });
  const candidate = createCandidate({ lock, clock, identity, timing });
  const terms = createTerms({ clock, renewDeadline: timing.renewDeadline, log });
  const stopping = new AbortController();
  let running: Promise<void> | undefined;
  /** What was said last, so that a state which lasts is told once. */
  let told = '';

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      const delay = await tryOnce();
      await sleep(clock, delay, stopping.signal).catch(() => {});
    }
  }

  /** Answers in how many milliseconds to try again. */
  async function tryOnce(): Promise<number> {
    const startedAt = clock.monotonic();
    try {
      return follow(await candidate.attempt(stopping.signal));
    } catch (error) {
      if (!stopping.signal.aborted) tell(error);
      return terms.leads() ? renewDelay(clock.monotonic() - startedAt) : standbyDelay();
    }
  }

  /** Of a term that runs out no time is lost: a try that took long is followed by the next one soon. */
  function renewDelay(tookMs: number): number {
    return Math.max(timing.retryPeriod / 4, timing.retryPeriod - tookMs);
  }

  function follow(attempt: Attempt): number {
    if (attempt.type === 'Held') {
      told = '';
      if (attempt.acquired) terms.end('the lease was held by another meanwhile');
      terms.extend(attempt.since);
      return timing.retryPeriod;
    }
    const { holder, validFor } = attempt;
    terms.end(`${holder} holds the lease`);
    once(holder, () => log.info({ holder }, 'Standing by: another replica leads'));
    return Math.min(validFor, standbyDelay());
  }

  function standbyDelay(): number {
    return timing.retryPeriod * (1 - timing.jitterFactor * entropy.random());
  }

  function tell(error: unknown): void {
    if (!(error instanceof CallError)) {
      log.error({ err: error }, 'The election failed unexpectedly; this is a defect of the operator');
    } else if (error.outcome !== 'conflict') {
      const { outcome, reason, status } = error;
      once(error.message, () => log.warn({ outcome, reason, status }, leaseProblem(error, deps.lease.namespace)));
    }
  }

  function once(what: string, say: () => void): void {
    if (what !== told) say();
    told = what;
  }

  return {
    elected: true,
    holds: terms.holds,
    onChange: terms.onChange,
    async look() {
      await candidate.look();
    },
    start() {
      running ??= run();
    },
    async stop() {
      stopping.abort();
      await running;
      terms.end('this process ends');
      await candidate.release().catch(tell);
    },
  };
}

/** The error, and where it will not go away by itself what to do. */
export function leaseProblem(error: CallError, namespace: string): string {
  if (error.outcome !== 'denied' && error.outcome !== 'refused') return error.message;
  const grant = `grant get, create and update on leases.coordination.k8s.io in namespace ${namespace} (docs/operator-rights.md)`;
  return `${error.message}; ${grant}, name another namespace with --leader-election-namespace, or run one replica with --leader-elect=false`;
}
