import { referenceKey } from '../../api/references.ts';
import type { ApiKeyRotation, RotationStatus, RunningRotation } from '../../api/types.ts';
import { ISSUE_WINDOW_MS } from '../../rotation/transitions/attempts.ts';
import type { ServerTime } from '../../runtime/kube/server-time.ts';

/**
 * The issue calls of the last hour, by namespace, as the statuses of rotations told of them: also of those that are gone by now, or that
 * name another issuer. Every replica follows all rotations, so that a change of leader forgets nothing. A process that begins knows what
 * the statuses of that moment hold, and no call of an object that was gone by then.
 */
export interface IssueCalls {
  /** Takes note of what a rotation tells; the same as often as you like. */
  note(rotation: ApiKeyRotation): void;
  /** How many calls of the namespace are remembered: not fewer than were made within the last hour. */
  count(namespace: string): number;
  /** When the calls of the namespace were made, RFC 3339; with `issuer`, its key in caches, those to it. */
  of(namespace: string, issuer?: string): readonly string[];
}

interface IssueCall {
  readonly uid: string;
  readonly namespace: string;
  readonly issuer: string | undefined;
  /** How its rotation tells of it: an attempt that is resumed bears a new stamp. */
  readonly stamp: string;
  /** When it was made, RFC 3339. */
  readonly at: string;
  /** Milliseconds, server time. */
  readonly notedAt: number;
}

type Attempt = Pick<RunningRotation, 'attemptID' | 'attemptAt'>;

/** More than any limit: whoever writes statuses by hand must not fill the memory. */
const MOST_IN_NAMESPACE = 10_000;

export function createIssueCalls({ lowerBound }: Pick<ServerTime, 'lowerBound'>): IssueCalls {
  /** In the order in which they were noted. */
  const calls = new Map<string, IssueCall>();
  const byNamespace = new Map<string, Set<IssueCall>>();
  /** By uid, the attempt that ran when its rotation told of the call last. */
  const attempts = new Map<string, Attempt>();

  function count(namespace: string): number {
    return byNamespace.get(namespace)?.size ?? 0;
  }

  function add(id: string, call: IssueCall): void {
    const { namespace } = call;
    if (calls.has(id) || count(namespace) >= MOST_IN_NAMESPACE) return;
    calls.set(id, call);
    const others = byNamespace.get(namespace);
    if (others) others.add(call);
    else byNamespace.set(namespace, new Set([call]));
  }

  function remove(id: string, call: IssueCall): void {
    const { uid, namespace, stamp } = call;
    calls.delete(id);
    if (attempts.get(uid)?.attemptAt === stamp) attempts.delete(uid);
    const others = byNamespace.get(namespace);
    others?.delete(call);
    if (others?.size === 0) byNamespace.delete(namespace);
  }

  function forgetUntil(time: number): void {
    for (const [id, call] of calls) {
      if (call.notedAt > time) return;
      remove(id, call);
    }
  }

  /** Another process asks people again for the key of the same attempt: that is one call, under another stamp. */
  function forgetResumed(uid: string, { attemptID, attemptAt }: Attempt): void {
    if (!calls.has(idOf(uid, attemptAt, 0))) return;
    const before = attempts.get(uid);
    attempts.set(uid, { attemptID, attemptAt });
    if (before?.attemptID !== attemptID || before.attemptAt === attemptAt) return;
    for (let nth = 0; ; nth += 1) {
      const id = idOf(uid, before.attemptAt, nth);
      const call = calls.get(id);
      if (!call) return;
      remove(id, call);
    }
  }

  return {
    count,
    note({ metadata: { namespace = '', uid = '' }, status = {} }) {
      const now = lowerBound();
      forgetUntil(now - ISSUE_WINDOW_MS);
      const made = (status.issueCalls ?? []).filter(
        (stamp) => now - Date.parse(madeAt(status, stamp)) < ISSUE_WINDOW_MS,
      );
      for (const [index, stamp] of made.entries()) {
        // Times are in whole seconds: two calls may bear the same.
        const nth = made.slice(0, index).filter((other) => other === stamp).length;
        const [issuer, at] = [issuerOf(status, namespace, stamp), madeAt(status, stamp)];
        add(idOf(uid, stamp, nth), { uid, namespace, issuer, stamp, at, notedAt: now });
      }
      if (status.rotation) forgetResumed(uid, status.rotation);
    },
    of: (namespace, issuer) =>
      [...(byNamespace.get(namespace) ?? [])]
        .filter((call) => issuer === undefined || call.issuer === issuer)
        .map(({ at }) => at),
  };
}

function idOf(uid: string, stamp: string, nth: number): string {
  return `${uid} ${stamp} ${nth}`;
}

/** Of an attempt that people were asked for before it was resumed: then. */
function madeAt({ rotation }: RotationStatus, stamp: string): string {
  const since = rotation?.request?.since;
  if (since === undefined || stamp !== rotation?.attemptAt) return stamp;
  return Date.parse(since) < Date.parse(stamp) ? since : stamp;
}

/** Of the plan that runs, and for calls before it of the key that is in use: what spec names by now says nothing of them. */
function issuerOf({ rotation, current }: RotationStatus, namespace: string, at: string): string | undefined {
  const isBefore = rotation !== undefined && Date.parse(at) < Date.parse(rotation.startedAt);
  const issuer = rotation && !(isBefore && current) ? rotation.plan.issuer : current?.issuer;
  return issuer && referenceKey(namespace, issuer);
}
