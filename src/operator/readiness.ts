import { reasonOfCall } from '../api/reasons.ts';
import type { Condition } from '../api/types.ts';
import { CallError } from '../http/call-error.ts';
import { toTimestamp } from '../rotation/duration.ts';
import type { Explanation } from '../rotation/explanation.ts';
import type { Cache } from '../runtime/cache.ts';
import type { Reconcile } from '../runtime/controller.ts';
import type { KubeApi, KubeObject, Resource } from '../runtime/kube/kube-api.ts';
import type { ServerTime } from '../runtime/kube/server-time.ts';

/** An issuer or a store, as far as its readiness goes. */
export interface CheckedObject extends KubeObject {
  status?: { observedGeneration?: number; conditions?: Condition[] };
}

export interface ReadinessDeps<T extends CheckedObject> {
  readonly kube: Pick<KubeApi, 'replace'>;
  readonly serverTime: ServerTime;
  readonly resource: Resource;
  readonly cache: Pick<Cache<T>, 'get'>;
  /** Asks the outside whether the object is usable; throws CallError saying what is wrong. */
  readonly check: (object: T) => Promise<void>;
}

const CHECK_AGAIN_MS = 300_000;
const CHECK_FAILED_AGAIN_MS = 15_000;

/** Keeps `Ready` true to what a real check of the outside says; a status that says so already is not written. */
export function createReadinessReconcile<T extends CheckedObject>({
  kube,
  serverTime,
  resource,
  cache,
  check,
}: ReadinessDeps<T>): Reconcile {
  async function verdictOn(object: T): Promise<Pick<Condition, 'status'> & Explanation> {
    try {
      await check(object);
      return { status: 'True', reason: 'Checked', message: 'the credentials work and the settings fit' };
    } catch (error) {
      if (!(error instanceof CallError)) throw error;
      return { status: 'False', reason: reasonOfCall(error.reason), message: error.message.slice(0, 4096) };
    }
  }

  return async (key) => {
    const object = cache.get(key);
    if (!object || object.metadata.deletionTimestamp) return {};
    const verdict = await verdictOn(object);
    const before = object.status?.conditions?.find(({ type }) => type === 'Ready');
    const { generation = 0, namespace, name } = object.metadata;
    if (!before || !says(before, verdict, generation)) {
      const lastTransitionTime =
        before?.status === verdict.status ? before.lastTransitionTime : toTimestamp(serverTime.upperBound());
      const condition = { type: 'Ready', ...verdict, observedGeneration: generation, lastTransitionTime };
      const status = { observedGeneration: generation, conditions: [condition] };
      await kube.replace<T>({ resource, namespace, name }, { ...object, status }, { subresource: 'status' });
    }
    return { requeueAfterMs: verdict.status === 'True' ? CHECK_AGAIN_MS : CHECK_FAILED_AGAIN_MS };
  };
}

function says(before: Condition, now: Pick<Condition, 'status' | 'reason' | 'message'>, generation: number): boolean {
  return (
    before.status === now.status &&
    before.reason === now.reason &&
    before.message === now.message &&
    before.observedGeneration === generation
  );
}
