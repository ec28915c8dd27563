import type { IssuerIdentity, RotationStatus } from '../api/types.ts';
import type { WorkloadVersion } from './assessment.ts';
import type { Facts } from './facts.ts';
import type { Ordinal } from './ordinal.ts';

/**
 * Facts that a decision may ask for. Each is gathered live except `evidence`, which comes from caches. `live`: the object itself is
 * read again, and everything is decided anew from what it is then.
 */
export type Look =
  | 'live'
  | 'time'
  | 'targets'
  | 'labelled'
  | 'keys'
  | 'permissions'
  | 'identity'
  | 'restorable'
  | 'proofHashes'
  | 'usage'
  | 'evidence'
  | 'liveEvidence';

/** An event that goes out after a commit succeeded. */
export interface Notice {
  readonly type: 'Normal' | 'Warning';
  /** CamelCase. */
  readonly reason: string;
  readonly message: string;
}

/** A key to revoke, at the issuer recorded with it. */
export interface DoomedKey {
  readonly keyID: string;
  readonly issuer: IssuerIdentity;
}

/** One effect. `Commit` is a compare-and-set of the whole status on the object that the decision was made from. */
export type Step =
  | {
      readonly type: 'Commit';
      readonly name: string;
      readonly status: RotationStatus;
      readonly notices: readonly Notice[];
    }
  | { readonly type: 'AddFinalizer' }
  /** `gaveUp`: whatever does not answer now is left as it is. */
  | { readonly type: 'RemoveFinalizer'; readonly notices: readonly Notice[]; readonly gaveUp: boolean }
  /** Issue, verify, publish (steps 2-4), under the claim that this process holds. */
  | { readonly type: 'Deliver' }
  /** Take a published key of this revision over, or else fence all targets. `fenceOnly`: the object is being deleted. */
  | { readonly type: 'Recover'; readonly fenceOnly: boolean }
  /** Repeat the unanswered issue call of an attempt that was given up, to learn the id of its key. */
  | { readonly type: 'Find'; readonly call: Ordinal }
  /** Add the permissions of the running rotation to the current key, in place. */
  | { readonly type: 'UpdatePermissions' }
  /** Write the current key again to the targets of `status.drift`, under the attempt that was committed for it. */
  | { readonly type: 'Repair' }
  | { readonly type: 'Copy'; readonly targets: readonly string[] }
  /** Restart the workload for this revision, where it is still as it was seen. */
  | { readonly type: 'Restart'; readonly workload: WorkloadVersion }
  | {
      readonly type: 'Revoke';
      readonly keys: readonly DoomedKey[];
      readonly authority: 'revokeIntent' | 'abandoned' | 'deletion';
    };

/**
 * What to do next. `Look`: these facts are missing. `Step`: do this, then decide again. `Wait` and `Rest`: show this status; come
 * back after `requeueAfter` milliseconds, or when something changes.
 */
export type Decision =
  | { readonly type: 'Look'; readonly at: readonly Look[] }
  | { readonly type: 'Step'; readonly step: Step }
  | { readonly type: 'Wait'; readonly requeueAfter: number; readonly status: RotationStatus }
  | { readonly type: 'Rest'; readonly status?: RotationStatus };

/** One named check of the chain: a decision, or undefined where the next one decides. */
export type Rule = (facts: Facts) => Decision | undefined;

/** Asks for the facts of `wanted` that nobody looked at; undefined when all are there. */
export function lookFor(facts: Facts, ...wanted: readonly Look[]): Decision | undefined {
  const at = wanted.filter((name) => (name === 'time' ? !facts.time.fresh : facts[name] === undefined));
  return at.length > 0 ? { type: 'Look', at } : undefined;
}

/** A compare-and-set of the status. */
export function commit(name: string, status: RotationStatus, notices: readonly Notice[] = []): Decision {
  return { type: 'Step', step: { type: 'Commit', name, status, notices } };
}
