import type { ApiKeyRotation } from '../../api/types.ts';
import type { Session } from '../command.ts';

/** What one look has found. `Unknown`: whoever asks may not look. `Note`: nothing is wrong, and it is worth knowing. */
export interface Finding {
  readonly check: string;
  readonly state: 'Ok' | 'Note' | 'Fault' | 'Unknown';
  /** What was looked at: `KeyStore payments/vault`. */
  readonly about: string;
  readonly message: string;
  /** What to do; a command where there is one. */
  readonly remedy?: string;
}

/** What the checks have to look at. */
export interface Examined {
  readonly session: Session;
  /** Of the namespace, or the one that was named. */
  readonly rotations: readonly ApiKeyRotation[];
  /** Where the operator runs; undefined: wherever it has a Lease. */
  readonly operatorNamespace: string | undefined;
  /** For which pods have tokens to report with. */
  readonly audience: string;
}

/** One thing that may be wrong. */
export type Check = (examined: Examined) => Promise<readonly Finding[]>;

export function ok(check: string, about: string, message: string): Finding {
  return { check, state: 'Ok', about, message };
}

export function fault(check: string, about: string, message: string, remedy: string): Finding {
  return { check, state: 'Fault', about, message, remedy };
}

/** Nobody may look: `verb` and what it is asked for. */
export function denied(check: string, about: string, verb: string): Finding {
  return { check, state: 'Unknown', about, message: `you may not ${verb} it`, remedy: 'ask somebody who may' };
}
