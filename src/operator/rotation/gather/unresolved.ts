import { type ConditionReason, reasonOfCall } from '../../../api/reasons.ts';
import { isOfCluster } from '../../../api/references.ts';
import type { IssuerObject, StoreObject } from '../../../api/types.ts';
import { CallError } from '../../../http/call-error.ts';
import type { ReferencesFact } from '../../../rotation/facts.ts';
import type { PlanDeps } from './plan.ts';

/** What spec names does not lead anywhere yet, or must not be used. */
export type Unresolved = Extract<ReferencesFact, { type: 'Unresolved' }>;

export function unresolved(reason: ConditionReason, message: string): Unresolved {
  return { type: 'Unresolved', reason, message };
}

export function isUnresolved(value: object): value is Unresolved {
  return 'type' in value;
}

/** It is told why they are not known at all, where that is so. */
export function notThere(
  reason: ConditionReason,
  field: string,
  { kind, name }: { readonly kind: string; readonly name: string },
  { followsCluster, obstacleTo }: Pick<PlanDeps, 'followsCluster' | 'obstacleTo'>,
  namespace: string,
): Unresolved {
  const title = `${kind} ${name}`;
  const isShared = isOfCluster({ kind, name });
  const obstacle = obstacleTo(kind, isShared ? undefined : namespace);
  if (!isShared) {
    const missing = `there is no ${title} in namespace ${namespace}; create it, or correct the name`;
    return unresolved(reason, `${field}: ${obstacle ? `${title} cannot be used: ${obstacle}` : missing}`);
  }
  if (followsCluster && obstacle === undefined)
    return unresolved(
      reason,
      `${field}: there is no ${title}; correct the name, or ask who manages the cluster for it`,
    );
  const instead = `name one of namespace ${namespace}, or ask whoever runs the operator to`;
  const message = obstacle
    ? `this operator cannot use ${title}: ${obstacle}; ${instead} see to that`
    : `this operator follows no objects of the whole cluster and cannot use ${title}; ${instead} start it with --cluster-kinds=true`;
  return unresolved('ClusterKindsNotFollowed', `${field}: ${message}`);
}

/**
 * Manifests are applied together: a first key waits until what it needs has been looked at. Later on an object that was just changed
 * counts as ready, so that the Ready of all its rotations does not flicker.
 */
export function notReady(
  reason: ConditionReason,
  title: string,
  object: IssuerObject | StoreObject,
  isNew: boolean,
): Unresolved | undefined {
  const why = notReadyMessage(object, isNew);
  if (why === undefined) return undefined;
  const { namespace, name } = object.metadata;
  const [kind = ''] = title.toLowerCase().split(' ');
  const look = `kubectl ${namespace === undefined ? '' : `-n ${namespace} `}describe ${kind} ${name}`;
  return unresolved(reason, `${title} is not ready: ${why}; see ${look}`);
}

function notReadyMessage({ metadata, status }: IssuerObject | StoreObject, isNew: boolean): string | undefined {
  const ready = status?.conditions?.find((condition) => condition.type === 'Ready');
  // To delete an object is to change it: it is looked at no more.
  if (isNew && metadata.deletionTimestamp) return 'it is being deleted; name another one, or create it again';
  if (isNew && ready?.observedGeneration !== metadata.generation) return 'it has not been checked yet';
  if (ready?.status !== 'False' || ready.observedGeneration !== metadata.generation) return undefined;
  // What a check says names Secrets of the operator's namespace: not for every namespace to read.
  return metadata.namespace === undefined ? `its check ended with ${ready.reason}` : ready.message;
}

/** An object that its schema admits may still describe nothing that can be called. */
export function orProblem<T>(make: () => T, title: string): T | Unresolved {
  try {
    return make();
  } catch (error) {
    if (error instanceof CallError)
      return unresolved(reasonOfCall(error.reason), `${title} cannot be used: ${error.message}`);
    throw error;
  }
}
