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

/** Counts the outside calls of all processes of a run, and kills the process that makes the one named by `crash`. */
export function createOutsideCalls(
  crash: CrashPoint | undefined,
  onCrash: () => void,
  afterEach: (name: string) => void,
) {
  const names: string[] = [];

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
        try {
          return execute();
        } finally {
          afterEach(name);
          if (mine === 'after') await die();
        }
      },
      get dead() {
        return dead;
      },
    };
  }

  return { process, names };
}
