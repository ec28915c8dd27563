import { referenceKey } from '../../api/references.ts';
import type { ApiKeyRotation, RotationStatus } from '../../api/types.ts';
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
  readonly namespace: string;
  readonly issuer: string | undefined;
  readonly at: string;
  /** Milliseconds, server time. */
  readonly notedAt: number;
}

/** More than any limit: whoever writes statuses by hand must not fill the memory. */
const MOST_IN_NAMESPACE = 10_000;

export function createIssueCalls({ lowerBound }: Pick<ServerTime, 'lowerBound'>): IssueCalls {
  /** In the order in which they were noted. */
  const calls = new Map<string, IssueCall>();
  const counts = new Map<string, number>();

  function count(namespace: string): number {
    return counts.get(namespace) ?? 0;
  }

  function add(id: string, call: IssueCall): void {
    const { namespace } = call;
    if (calls.has(id) || count(namespace) >= MOST_IN_NAMESPACE) return;
    calls.set(id, call);
    counts.set(namespace, count(namespace) + 1);
  }

  function remove(id: string, { namespace }: IssueCall): void {
    calls.delete(id);
    if (count(namespace) > 1) counts.set(namespace, count(namespace) - 1);
    else counts.delete(namespace);
  }

  function forgetUntil(time: number): void {
    for (const [id, call] of calls) {
      if (call.notedAt > time) return;
      remove(id, call);
    }
  }

  return {
    count,
    note({ metadata: { namespace = '', uid }, status = {} }) {
      const now = lowerBound();
      forgetUntil(now - ISSUE_WINDOW_MS);
      const made = (status.issueCalls ?? []).filter((at) => now - Date.parse(at) < ISSUE_WINDOW_MS);
      for (const [index, at] of made.entries()) {
        // Times are in whole seconds: two calls may bear the same.
        const nth = made.slice(0, index).filter((other) => other === at).length;
        add(`${uid} ${at} ${nth}`, { namespace, issuer: issuerOf(status, namespace, at), at, notedAt: now });
      }
    },
    of: (namespace, issuer) =>
      calls
        .values()
        .filter((call) => call.namespace === namespace && (issuer === undefined || call.issuer === issuer))
        .map(({ at }) => at)
        .toArray(),
  };
}

/** Of the plan that runs, and for calls before it of the key that is in use: what spec names by now says nothing of them. */
function issuerOf({ rotation, current }: RotationStatus, namespace: string, at: string): string | undefined {
  const isBefore = rotation !== undefined && Date.parse(at) < Date.parse(rotation.startedAt);
  const issuer = rotation && !(isBefore && current) ? rotation.plan.issuer : current?.issuer;
  return issuer && referenceKey(namespace, issuer);
}
