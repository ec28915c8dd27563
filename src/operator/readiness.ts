import { reasonOfCall } from '../api/reasons.ts';
import type { Condition } from '../api/types.ts';
import { CallError } from '../http/call-error.ts';
import { toTimestamp } from '../rotation/duration.ts';
import type { Explanation } from '../rotation/explanation.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Reconcile } from '../runtime/controller.ts';
import type { KubeApi, KubeObject } from '../runtime/kube/kube-api.ts';
import type { ServerTime } from '../runtime/kube/server-time.ts';
import type { Log } from '../runtime/log.ts';
import type { BothScopes } from './both-scopes.ts';

/** An issuer or a store, as far as its readiness goes. */
export interface CheckedObject extends KubeObject {
  status?: { observedGeneration?: number; conditions?: Condition[] };
}

export interface ReadinessDeps<T extends CheckedObject> {
  readonly kube: Pick<KubeApi, 'replace'>;
  readonly clock: Pick<Clock, 'monotonic'>;
  readonly serverTime: ServerTime;
  readonly objects: Pick<BothScopes<T>, 'get' | 'resourceOf'>;
  /** Asks the outside whether the object is usable; throws CallError saying what is wrong. */
  readonly check: (object: T) => Promise<void>;
}

/** `retryAfterMs`: the other side wants no question before. */
type Verdict = Pick<Condition, 'status'> & Explanation & { readonly retryAfterMs?: number };

const CHECK_AGAIN_MS = 300_000;
const CHECK_FAILED_AGAIN_MS = 15_000;

/** Keeps `Ready` true to what a real check of the outside says; a status that says so already is not written. */
export function createReadinessReconcile<T extends CheckedObject>({
  kube,
  clock,
  serverTime,
  objects,
  check,
}: ReadinessDeps<T>): Reconcile {
  const rests = new Map<string, Rest>();

  async function verdictOn(object: T, log: Log): Promise<Verdict> {
    try {
      await check(object);
      return { status: 'True', reason: 'Checked', message: 'the credentials work and the settings fit' };
    } catch (error) {
      if (error instanceof CallError)
        return {
          status: 'False',
          reason: reasonOfCall(error.reason),
          message: error.message.slice(0, 4096),
          retryAfterMs: (error.retryAfterSeconds ?? 0) * 1_000,
        };
      log.error({ err: error }, 'The check failed unexpectedly; this is a defect of the operator');
      return defect(error);
    }
  }

  async function tell(object: T, { retryAfterMs: _, ...verdict }: Verdict): Promise<void> {
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

  /** What was found while the other side still wants no other question; a person who changes the spec does not wait for that. */
  function restingOn(key: string, object: T): Verdict | undefined {
    const rest = rests.get(key);
    return rest?.spec === specOf(object) && rest.until > clock.monotonic() ? rest.verdict : undefined;
  }

  async function lookAt(key: string, object: T, log: Log): Promise<Verdict> {
    const verdict = await verdictOn(object, log);
    const { retryAfterMs = 0 } = verdict;
    rests.set(key, { verdict, spec: specOf(object), until: clock.monotonic() + retryAfterMs });
    return verdict;
  }

  return async (key, log) => {
    const object = objects.get(key);
    if (!object || object.metadata.deletionTimestamp) {
      rests.delete(key);
      return {};
    }
    const verdict = restingOn(key, object) ?? (await lookAt(key, object, log));
    await tell(object, verdict);
    const { status, retryAfterMs = 0 } = verdict;
    return { requeueAfterMs: status === 'True' ? CHECK_AGAIN_MS : Math.max(CHECK_FAILED_AGAIN_MS, retryAfterMs) };
  };
}

/** Until which monotonic time nothing is asked, as long as the spec is this one. Our own write of the status wakes us before. */
interface Rest {
  readonly verdict: Verdict;
  readonly spec: string;
  readonly until: number;
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
