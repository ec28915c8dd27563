import type { VaultAnswer } from './answers.ts';

/** The kinds of calls that faults are planned for. */
export type Operation =
  | 'login'
  | 'token'
  | 'mounts'
  | 'config'
  | 'read'
  | 'write'
  | 'delete'
  | 'undelete'
  | 'destroy'
  | 'metadata'
  | 'health'
  | 'other';

/**
 * What goes wrong: `Drop` loses the request, `LoseAnswer` carries it out and cuts the connection, `Silence` carries it out
 * and never answers, `Answer` says something else instead of carrying it out, `Delay` answers late.
 */
export type Fault =
  | { readonly type: 'Drop' }
  | { readonly type: 'LoseAnswer' }
  | { readonly type: 'Silence' }
  | { readonly type: 'Answer'; readonly answer: VaultAnswer }
  | { readonly type: 'Delay'; readonly ms: number };

interface Plan {
  readonly operation: Operation | 'any';
  readonly fault: Fault;
  remaining: number;
}

/** The faults planned for coming calls. */
export class Faults {
  #plans: Plan[] = [];

  /** Applies `fault` to the next `times` calls of the kind; returns how to call it off. */
  plan(operation: Operation | 'any', fault: Fault, times = Number.POSITIVE_INFINITY): () => void {
    const plan = { operation, fault, remaining: times };
    this.#plans.push(plan);
    return () => {
      this.#plans = this.#plans.filter((other) => other !== plan);
    };
  }

  /** Forgets all plans. */
  clear(): void {
    this.#plans = [];
  }

  /** The fault that the next call of this kind meets. */
  take(operation: Operation): Fault | undefined {
    const plan = this.#plans.find((one) => one.remaining > 0 && ['any', operation].includes(one.operation));
    if (plan) plan.remaining -= 1;
    return plan?.fault;
  }
}
