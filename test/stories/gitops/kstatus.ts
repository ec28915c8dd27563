import type { Condition } from '../../../src/api/types.ts';

/** What kstatus calls an object. */
export type KStatus = 'InProgress' | 'Current' | 'Failed' | 'Terminating';

/** As much of a custom resource as kstatus looks at. */
export interface Observable {
  readonly metadata: { readonly generation?: number; readonly deletionTimestamp?: string };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly conditions?: readonly Pick<Condition, 'type' | 'status'>[];
  };
}

type Rule = (object: Observable) => KStatus | undefined;

/**
 * The rules by which Flux, Helm and `kubectl` plugins tell whether a custom resource is done, in their order
 * (https://github.com/kubernetes-sigs/cli-utils/tree/master/pkg/kstatus, "generic" rules and the Ready condition).
 */
const RULES: readonly Rule[] = [
  ({ metadata }) => (metadata.deletionTimestamp ? 'Terminating' : undefined),
  // An object without observedGeneration is taken to have none: it is not asked whether anybody has seen it.
  ({ metadata: { generation }, status: { observedGeneration } = {} }) =>
    observedGeneration === undefined || generation === undefined || observedGeneration === generation
      ? undefined
      : 'InProgress',
  ({ status }) => status?.conditions?.map(abnormal).find((found) => found !== undefined),
  ({ status }) => {
    const ready = status?.conditions?.find(({ type }) => type === 'Ready');
    return ready && ready.status !== 'True' ? 'InProgress' : undefined;
  },
];

/** "Abnormal when True": the first that is True decides. */
function abnormal({ type, status }: Pick<Condition, 'type' | 'status'>): KStatus | undefined {
  if (status !== 'True') return undefined;
  if (type === 'Reconciling') return 'InProgress';
  return type === 'Stalled' ? 'Failed' : undefined;
}

/** Nothing that speaks against it means that it is Current. */
export function kstatusOf(object: Observable): KStatus {
  return RULES.map((rule) => rule(object)).find((status) => status !== undefined) ?? 'Current';
}
