import type { ApiKeyRotation } from '../../api/types.ts';
import type { PodView } from '../../evidence/pod-view.ts';
import type { Holding } from '../../rotation/facts.ts';
import type { Delivery } from './delivery.ts';
import type { VanishedReport } from './vanished-reports.ts';

/** What this process remembers of one object between reconciles. Losing it (a restart) costs time, never safety. */
export interface Session {
  /** The claim that this process committed last. */
  claim?: string;
  /** How far the attempt under that claim came. */
  holding?: Holding;
  /** The key in hand; its plaintext lives here and nowhere else. */
  delivery?: Delivery;
  /** The old key that a look of this process has shown to be ours. */
  confirmedOldKey?: string;
  /** The object as our last write returned it; the cache may lag behind. */
  latest?: ApiKeyRotation;
  /** Pods as seen last while waiting, with the monotonic time. */
  pods?: { readonly at: number; readonly views: readonly PodView[] };
  /** Reports of pods that step 7 did not see any more. */
  vanished?: readonly VanishedReport[];
  /** Monotonic time of the last status write. */
  wroteAt?: number;
}

/** Sessions by object uid. */
export interface Sessions {
  of(key: string, uid: string): Session;
  /** Forgets the object; answers what was remembered. */
  end(key: string): Session | undefined;
}

export function createSessions(): Sessions {
  const byKey = new Map<string, { readonly uid: string; readonly session: Session }>();
  return {
    of(key, uid) {
      const known = byKey.get(key);
      if (known?.uid === uid) return known.session;
      const session: Session = {};
      byKey.set(key, { uid, session });
      return session;
    },
    end(key) {
      const known = byKey.get(key);
      byKey.delete(key);
      return known?.session;
    },
  };
}
