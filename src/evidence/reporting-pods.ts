import type { ApiKeyRotation } from '../api/types.ts';
import type { ReportRule } from './report.ts';
import { formatSelector } from './rollout/label-selector.ts';

/** Pods of one ServiceAccount, in the syntax of a list's parameters. */
export interface PodSelection {
  readonly fieldSelector: string;
  /** Missing where the account's pods are told apart by no label. */
  readonly labelSelector?: string;
}

/**
 * Every pod that may be of a consumer that reports: one selection a ServiceAccount, as narrow as one selector can be, for an account may
 * run thousands of pods of others. It may hold pods of no consumer, and lacks none.
 */
export function reportingPods({ consumers = [] }: ApiKeyRotation['spec']): readonly PodSelection[] {
  const rules = consumers.flatMap(({ evidence }) => evidence.flatMap(({ report }) => report ?? []));
  const accounts = Map.groupBy(rules, ({ serviceAccountName }) => serviceAccountName);
  return [...accounts].sort(byAccount).map(([account, ofAccount]) => {
    const labelSelector = coveringSelector(ofAccount);
    const fieldSelector = `spec.serviceAccountName=${account}`;
    return labelSelector === '' ? { fieldSelector } : { fieldSelector, labelSelector };
  });
}

function byAccount([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}

/** Labels that each of the rules asks for, with any of their values; empty where they have none in common. */
function coveringSelector(rules: readonly ReportRule[]): string {
  const wanted = rules.map(({ podSelector }) => podSelector?.matchLabels ?? {});
  const matchExpressions = Object.keys(wanted[0] ?? {})
    .sort()
    .map((key) => ({ key, operator: 'In', values: [...new Set(wanted.map((labels) => labels[key] ?? ''))].sort() }))
    .filter(({ key, values }) => LABEL_NAME.test(key) && values.every((value) => LABEL_VALUE.test(value)));
  return formatSelector({ matchExpressions });
}

/** What no pod can have as a label selects nothing here: the API server would refuse the list, and nobody would learn who is missing. */
const LABEL_NAME =
  /^([a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?(\.[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?){0,3}\/)?[A-Za-z0-9]([-\w.]{0,61}[A-Za-z0-9])?$/;
const LABEL_VALUE = /^[A-Za-z0-9]([-\w.]{0,61}[A-Za-z0-9])?$/;
