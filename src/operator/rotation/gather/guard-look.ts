import type { ApiKeyRotation } from '../../../api/types.ts';
import {
  type ApprovalGuard,
  type FirstSeen,
  guardOf,
  missing,
  REPORT_POLICY,
} from '../../../evidence/approval-policy.ts';
import { CallError } from '../../../http/call-error.ts';
import type { Clock } from '../../../runtime/clock.ts';
import type { KubeApi, KubeObject, Resource } from '../../../runtime/kube/kube-api.ts';
import { admissionPolicies, admissionPolicyBindings } from '../../../runtime/kube/resources.ts';
import type { ServerTime } from '../../../runtime/kube/server-time.ts';
import type { Session } from '../session.ts';

export interface GuardLookDeps {
  readonly kube: Pick<KubeApi, 'get'>;
  readonly clock: Pick<Clock, 'monotonic'>;
  readonly serverTime: Pick<ServerTime, 'upperBound'>;
}

/** Whether only who may approves; undefined where no consumer of spec waits for that. Throws CallError. */
export interface GuardLook {
  /** As it was seen last: a minute ago at most where it was missing, ten where it was there. */
  cached(object: ApiKeyRotation, session: Session): Promise<ApprovalGuard | undefined>;
  live(object: ApiKeyRotation, session: Session): Promise<ApprovalGuard | undefined>;
}

const FRESH_MS: Readonly<Record<ApprovalGuard['type'], number>> = { InForce: 600_000, Missing: 60_000 };

export function createGuardLook({ kube, clock, serverTime }: GuardLookDeps): GuardLook {
  let seen: { readonly generations: string; readonly at: number } | undefined;

  const firstSeen: FirstSeen = (generations) => {
    if (seen?.generations !== generations) seen = { generations, at: serverTime.upperBound() };
    return seen.at;
  };

  /** An API server before 1.30 knows no such kind, and answers so. */
  async function find(resource: Resource) {
    const ref = { resource, namespace: undefined, name: REPORT_POLICY };
    try {
      return await kube.get<KubeObject & { spec?: Record<string, unknown> }>(ref);
    } catch (error) {
      if (error instanceof CallError && error.status === 404) return undefined;
      throw error;
    }
  }

  async function look(object: ApiKeyRotation): Promise<ApprovalGuard> {
    try {
      const found = { policy: await find(admissionPolicies), binding: await find(admissionPolicyBindings) };
      return guardOf(found, (generations) => Math.min(firstSeen(generations), ...recorded(object, generations)));
    } catch (error) {
      if (!(error instanceof CallError) || error.status !== 403) throw error;
      const why =
        'the operator may not look at it, as ClusterRole apikey-rotation-policy of docs/operator-rights.md lets it';
      return missing(why);
    }
  }

  async function live(object: ApiKeyRotation, session: Session): Promise<ApprovalGuard | undefined> {
    if (!object.spec.consumers?.some(({ evidence }) => evidence.some(({ type }) => type === 'Approval')))
      return undefined;
    const guard = await look(object);
    session.guard = { at: clock.monotonic(), guard };
    return guard;
  }

  return {
    live,
    async cached(object, session) {
      const { guard, at = 0 } = session.guard ?? {};
      return guard && clock.monotonic() - at < FRESH_MS[guard.type] ? guard : live(object, session);
    },
  };
}

/**
 * When the processes before saw them so, as status keeps it for this wait. It is believed for this rotation alone: who can write its status
 * could as well write that its revocation is decided.
 */
function recorded({ status }: ApiKeyRotation, generations: string): readonly number[] {
  return (status?.rotation?.consumers ?? [])
    .filter(({ approvalPolicy }) => approvalPolicy?.generations === generations)
    .map(({ approvalPolicy }) => Date.parse(approvalPolicy?.seenAt ?? ''))
    .filter(Number.isFinite);
}
