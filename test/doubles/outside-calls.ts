import { CallError } from '../../src/http/call-error.ts';

/**
 * What goes wrong with calls of this name: `LoseRequest`, no answer and not carried out; `LoseAnswer`, carried out but no answer;
 * `Unavailable`, surely not carried out; `DieBefore` and `DieAfter`, the process dies with the call.
 */
export interface CallFault {
  readonly call: string;
  readonly type: 'LoseRequest' | 'LoseAnswer' | 'Unavailable' | 'DieBefore' | 'DieAfter';
  /** How many calls it still meets. */
  times: number;
}

/** The calls of a first issue and a rotation that faults are planned for. */
export const FAULTY_CALLS = [
  'issuer issue',
  'issuer verify',
  'issuer get',
  'issuer list',
  'issuer revoke',
  'store read',
  'store write',
  'kube LIST migrationreports',
  'kube LIST pods',
  'kube PUT status apikeyrotations',
];

/** Every way in which one fails. */
export const FAULT_TYPES: CallFault['type'][] = ['LoseRequest', 'LoseAnswer', 'Unavailable'];

/** Where an operator process dies: at its n-th outside call, before the call takes effect or after it. */
export interface CrashPoint {
  readonly call: number;
  readonly side: 'before' | 'after';
}

/** Every call of one operator process to the world outside goes through here. */
export interface Outside {
  call<T>(name: string, execute: () => T): Promise<T>;
  readonly dead: boolean;
}

/** Counts the outside calls of all processes of a run, kills the process that makes the one named by `crash`, and makes calls fail. */
export function createOutsideCalls(
  crash: CrashPoint | undefined,
  onCrash: () => void,
  afterEach: (name: string) => void,
  faults: readonly CallFault[] = [],
) {
  const names: string[] = [];

  function take(name: string): CallFault['type'] | undefined {
    const fault = faults.find(({ call, times }) => call === name && times > 0);
    if (fault) fault.times -= 1;
    return fault?.type;
  }

  /** A new process: what it calls after its death never answers, as if it had never been said. */
  function process(): Outside {
    let dead = false;
    const never = new Promise<never>(() => {});

    function die(): Promise<never> {
      dead = true;
      onCrash();
      return never;
    }

    return {
      async call(name, execute) {
        if (dead) return never;
        // As over a network: nobody learns of an effect in the tick in which it happens.
        await Promise.resolve();
        names.push(name);
        const mine = crash?.call === names.length ? crash.side : undefined;
        if (mine === 'before') return die();
        const fault = take(name);
        if (fault === 'DieBefore') return die();
        if (fault === 'LoseRequest' || fault === 'Unavailable') throw failure(fault, name);
        try {
          const answer = execute();
          if (fault === 'LoseAnswer') throw failure(fault, name);
          return answer;
        } finally {
          afterEach(name);
          if (mine === 'after' || fault === 'DieAfter') await die();
        }
      },
      get dead() {
        return dead;
      },
    };
  }

  return { process, names };
}

function failure(type: CallFault['type'], name: string): CallError {
  if (type === 'Unavailable')
    return new CallError('unavailable', 'ServiceUnavailable', `${name}: not now`, { status: 503 });
  return new CallError('unknown', 'RequestTimedOut', `${name}: no answer`);
}
