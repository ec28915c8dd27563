import { isOfCluster, referenceKey } from '../../../api/references.ts';
import type { Plan } from '../../../api/types.ts';
import { CallError } from '../../../http/call-error.ts';
import type { Facts, NamespaceLimit } from '../../../rotation/facts.ts';
import { nextPlan } from '../../../rotation/transitions/attempts.ts';
import type { IssueCalls } from '../issue-calls.ts';
import type { References } from '../references.ts';
import { namespaceOf } from './planned.ts';

export interface NamespaceLimitDeps {
  readonly issueCalls: IssueCalls;
  readonly references: Pick<References, 'grantedCallsPerHour'>;
}

/** What bounds the issue call that the rotation would make next: the one of its plan, which is frozen, and not always of its spec. */
export type NamespaceLimits = (facts: Facts) => readonly NamespaceLimit[];

export function createNamespaceLimits({ issueCalls, references }: NamespaceLimitDeps): NamespaceLimits {
  function granted(namespace: string, { issuer, key }: Plan): NamespaceLimit | undefined {
    if (!isOfCluster(issuer)) return undefined;
    const perHour = perHourOf(namespace, { issuer, key });
    if (perHour === undefined || isFarFrom(namespace, perHour)) return undefined;
    return { issuer, perHour, calls: () => issueCalls.of(namespace, referenceKey(namespace, issuer)) };
  }

  /** An issuer that is gone, or cannot be used, makes no keys. */
  function perHourOf(namespace: string, { issuer, key }: Pick<Plan, 'issuer' | 'key'>): number | undefined {
    try {
      return references.grantedCallsPerHour(namespace, issuer, key);
    } catch (error) {
      if (error instanceof CallError) return undefined;
      throw error;
    }
  }

  /** Which calls they were is looked for only where it may matter. */
  function isFarFrom(namespace: string, perHour: number): boolean {
    return issueCalls.count(namespace) < perHour;
  }

  return (facts) => {
    const namespace = namespaceOf(facts);
    const plan = nextPlan(facts);
    const { namespaceIssueCallsPerHour: perHour } = facts.limits;
    const all = isFarFrom(namespace, perHour) ? undefined : { perHour, calls: () => issueCalls.of(namespace) };
    return [plan && granted(namespace, plan), all].filter((limit) => limit !== undefined);
  };
}
