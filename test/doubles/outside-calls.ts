import { CallError } from '../../src/http/call-error.ts';

/**
 * What goes wrong with calls of this name: `LoseRequest`, no answer and not carried out; `LoseAnswer`, carried out but no answer;
 * `Unavailable`, surely not carried out; `Forbidden`, refused for want of a right; `DieBefore` and `DieAfter`, the process dies with the call.
 */
export interface CallFault {
  readonly call: string;
  readonly type: 'LoseRequest' | 'LoseAnswer' | 'Unavailable' | 'Forbidden' | 'DieBefore' | 'DieAfter';
  /** How many calls it still meets. */
  times: number;
}

/** Every call of one operator process to the world outside goes through here. */
export interface Outside {
  /** `detail`: which of its kind it is about. */
  call<T>(name: string, execute: () => T, detail?: string): Promise<T>;
  isDead(): boolean;
}

/** What befalls the outside calls of a run, and who is told of them. */
export interface OutsideOptions {
  /** May be added to at any time. */
  readonly faults?: readonly CallFault[];
  /** Called when a process dies with its call. */
  readonly onDeath?: () => void;
  /** Called after every call that was carried out. */
  readonly afterEach?: (name: string) => void;
}

/** Counts the outside calls of all processes of a run, and makes calls fail. */
export function createOutsideCalls({ faults = [], onDeath = () => {}, afterEach = () => {} }: OutsideOptions = {}) {
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
      onDeath();
      return never;
    }

    return {
      async call(name, execute) {
        if (dead) return never;
        // As over a network: nobody learns of an effect in the tick in which it happens.
        await Promise.resolve();
        names.push(name);
        const fault = take(name);
        if (fault === 'DieBefore') return die();
        if (fault === 'LoseRequest' || fault === 'Unavailable' || fault === 'Forbidden') throw failure(fault, name);
        try {
          const answer = execute();
          if (fault === 'LoseAnswer') throw failure(fault, name);
          return answer;
        } finally {
          afterEach(name);
          if (fault === 'DieAfter') await die();
        }
      },
      isDead: () => dead,
    };
  }

  return { process, names };
}

function failure(type: CallFault['type'], name: string): CallError {
  if (type === 'Unavailable')
    return new CallError('unavailable', 'ServiceUnavailable', `${name}: not now`, { status: 503 });
  if (type === 'Forbidden') return new CallError('denied', type, `${name}: you may not`, { status: 403 });
  return new CallError('unknown', 'RequestTimedOut', `${name}: no answer`);
}
