import { reasonOfCall } from '../api/reasons.ts';
import type { Condition } from '../api/types.ts';
import { CallError, retryAfterMs } from '../http/call-error.ts';
import { toTimestamp } from '../rotation/duration.ts';
import type { Explanation } from '../rotation/explanation.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Reconcile } from '../runtime/controller.ts';
import type { KubeApi, KubeObject } from '../runtime/kube/kube-api.ts';
import type { ServerTime } from '../runtime/kube/server-time.ts';
import type { Leadership } from '../runtime/leader-election/leadership.ts';
import type { Log } from '../runtime/log.ts';
import type { BothScopes } from './both-scopes.ts';

/** An issuer or a store, as far as its readiness goes. */
export interface CheckedObject extends KubeObject {
  status?: { observedGeneration?: number; conditions?: Condition[] };
}

export interface ReadinessDeps<T extends CheckedObject> {
  readonly kube: Pick<KubeApi, 'replace'>;
  readonly leadership: Pick<Leadership, 'onChange'>;
  readonly clock: Pick<Clock, 'monotonic'>;
  readonly serverTime: ServerTime;
  readonly objects: Pick<BothScopes<T>, 'get' | 'resourceOf'>;
  /** Asks the outside whether the object is usable; throws CallError saying what is wrong. */
  readonly check: (object: T) => Promise<void>;
}

type Verdict = Pick<Condition, 'status'> & Explanation;

const CHECK_AGAIN_MS = 300_000;
const CHECK_FAILED_AGAIN_MS = 15_000;

/**
 * Keeps `Ready` true to what a real check of the outside says; a status that says so already is not written. What was found stands
 * until the next check is due: between two of them our own write wakes us, or that of another process, which may reach what we do not.
 * To answer each other's writes would never end.
 */
export function createReadinessReconcile<T extends CheckedObject>({
  kube,
  leadership,
  clock,
  serverTime,
  objects,
  check,
}: ReadinessDeps<T>): Reconcile {
  const looks = new Map<string, Look>();
  // Between two terms another replica tells what it finds.
  leadership.onChange(() => looks.clear());

  async function lookAt(object: T, log: Log): Promise<Look> {
    const spec = specOf(object);
    const look = (verdict: Verdict, dueMs: number): Look => ({
      spec,
      verdict,
      dueAt: clock.monotonic() + dueMs,
      isTold: false,
    });
    try {
      await check(object);
      return look(
        { status: 'True', reason: 'Checked', message: 'the credentials work and the settings fit' },
        CHECK_AGAIN_MS,
      );
    } catch (error) {
      if (error instanceof CallError) {
        const message = error.message.slice(0, 4096);
        const dueMs = Math.max(CHECK_FAILED_AGAIN_MS, retryAfterMs(error));
        return look({ status: 'False', reason: reasonOfCall(error.reason), message }, dueMs);
      }
      log.error({ err: error }, 'The check failed unexpectedly; this is a defect of the operator');
      return look(defect(error), CHECK_FAILED_AGAIN_MS);
    }
  }

  async function tell(object: T, verdict: Verdict): Promise<void> {
    const before = object.status?.conditions?.find(({ type }) => type === 'Ready');
    const { generation = 0, namespace, name } = object.metadata;
    if (before && says(before, verdict, generation)) return;
    const lastTransitionTime =
      before?.status === verdict.status ? before.lastTransitionTime : toTimestamp(serverTime.upperBound());
    const condition = { type: 'Ready', ...verdict, observedGeneration: generation, lastTransitionTime };
    const status = { observedGeneration: generation, conditions: [condition] };
    const ref = { resource: objects.resourceOf(object), namespace, name };
    await kube.replace<T>(ref, { ...object, status }, { subresource: 'status' });
  }

  /** What was found and is to stand; a person who changes the spec does not wait for its end. */
  function standing(key: string, object: T): Look | undefined {
    const look = looks.get(key);
    return look?.spec === specOf(object) && look.dueAt > clock.monotonic() ? look : undefined;
  }

  return async (key, log) => {
    const object = objects.get(key);
    if (!object || object.metadata.deletionTimestamp) {
      looks.delete(key);
      return {};
    }
    const look = standing(key, object) ?? (await lookAt(object, log));
    looks.set(key, look);
    if (!look.isTold) await tell(object, look.verdict);
    looks.set(key, { ...look, isTold: true });
    return { requeueAfterMs: look.dueAt - clock.monotonic() };
  };
}

/** `dueAt`: the monotonic time of the next check, as long as the spec is this one. `isTold`: the status says so, or said so once. */
interface Look {
  readonly spec: string;
  readonly verdict: Verdict;
  readonly dueAt: number;
  readonly isTold: boolean;
}

/** Which spec of which object. */
function specOf({ metadata: { uid, generation } }: CheckedObject): string {
  return `${uid}/${generation}`;
}

/** Its text may hold what was sent or read: the name alone is shown. */
function defect(error: unknown): Verdict {
  const name = error instanceof Error ? error.name : typeof error;
  const message = `the check failed unexpectedly (${name}), a defect of the operator: report it with what its log says; it is checked again`;
  return { status: 'False', reason: reasonOfCall(name), message };
}

function says(before: Condition, now: Verdict, generation: number): boolean {
  return (
    before.status === now.status &&
    before.reason === now.reason &&
    before.message === now.message &&
    before.observedGeneration === generation
  );
}
