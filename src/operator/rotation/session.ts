import type { ApiKeyRotation } from '../../api/types.ts';
import type { ApprovalGuard } from '../../evidence/approval-policy.ts';
import type { PodView } from '../../evidence/pod-view.ts';
import type { Holding, LastLook, UsageFact } from '../../rotation/facts.ts';
import type { Ordinal } from '../../rotation/ordinal.ts';
import { objectKey } from '../../runtime/object-key.ts';
import type { Delivery } from './act/delivery.ts';
import type { VanishedReport } from './act/vanished-reports.ts';
import type { RolloutSights } from './gather/rollout-look.ts';
import { newestOf } from './newest.ts';

/** What this process remembers of one object between reconciles. Losing it (a restart) costs time, never safety. */
export interface Session {
  /** The claim that this process committed last. */
  claim?: string;
  /** The attempt that it is for. */
  claimed?: Ordinal;
  /** The claim of our last status write, which may have been carried out without an answer. */
  offeredClaim?: string;
  /** How far the attempt under that claim came. */
  holding?: Holding;
  /** The key in hand; its plaintext lives here and nowhere else. */
  delivery?: Delivery;
  /** The old key that looks of this process have shown to be ours and served nowhere; see Facts. */
  confirmedOldKey?: string;
  /** The object as our last write or look returned it, and the monotonic time; the cache may lag behind. */
  latest?: ApiKeyRotation;
  latestAt?: number;
  /** The resourceVersion that a compare-and-set found to be outdated. */
  refused?: string;
  /** Pods as seen last while waiting, with the monotonic time. */
  pods?: { readonly at: number; readonly views: readonly PodView[] };
  /** Workloads as seen last, until when that will do (monotonic), refusals in a row, and what the object said then (`known`). */
  rollouts?: {
    readonly known: string;
    readonly until: number;
    readonly denials: number;
    readonly sights: RolloutSights;
  };
  /** Reports of pods that step 7 did not see any more. */
  vanished?: readonly VanishedReport[];
  /** Nothing is tried before `until` (monotonic) unless a person changes the object: `request` tells what was asked for then. */
  rest?: { readonly until: number; readonly request: string };
  /**
   * The wait for consumers that began at `publishedAt`: looked at first (monotonic), whether the pods were seen, since when
   * everyone may have moved, and when it was seen last what the targets serve; undefined where this process has never looked.
   */
  waiting?: {
    readonly publishedAt: string;
    readonly since: number;
    listed: boolean;
    atBestSince?: number;
    targetsSeenAt: number | undefined;
  };
  /**
   * What issuers told of the use of the keys in the wait that `of` names, and when that was (monotonic). By the clock of the new
   * key's issuer, in milliseconds: uses up to `since` may have been ours; at `usedAt` it was somebody else.
   */
  usage?: {
    readonly of: string;
    readonly since?: number;
    readonly usedAt?: number;
    readonly fact?: UsageFact;
    readonly at?: number;
  };
  /** Whether approvals are guarded, as seen last, with the monotonic time. */
  guard?: { readonly at: number; readonly guard: ApprovalGuard };
  /** See Facts. */
  lastLook?: LastLook;
  /** Since when (monotonic) calls of this object have been put off, none of its own having gone through. */
  putOffSince?: number;
  /** Monotonic time of the last status write. */
  wroteAt?: number;
  /** What the last progress that we wrote told. */
  told?: string;
}

/** What is remembered, by object. */
export interface Sessions {
  of(key: string, uid: string): Session;
  /** The object is gone. */
  end(key: string): void;
  /**
   * The cache holds this by now: an object of ten thousand is not kept twice until somebody works on it again. Answers whether work has
   * gone on from this very version already, as with the event of our own write: then it tells nothing new.
   */
  caughtUp(object: ApiKeyRotation): boolean;
  /** The attempt that this session worked at is over: the key in its hand is nobody's. */
  putDown(key: string, session: Session): void;
}

/** `onPutDown` takes each delivery whose key in hand nobody can have loaded, when its attempt is over or its object gone. */
export function createSessions(onPutDown: (key: string, delivery: Delivery) => void): Sessions {
  const current = new Map<string, { readonly uid: string; readonly session: Session }>();

  function end(key: string): void {
    const known = current.get(key);
    current.delete(key);
    if (known) putDown(key, known.session);
  }

  function putDown(key: string, session: Session): void {
    const { delivery } = session;
    delete session.delivery;
    if (delivery?.inHand()?.served === false) onPutDown(key, delivery);
  }

  return {
    end,
    putDown,
    caughtUp(object) {
      const session = current.get(objectKey(object))?.session;
      if (!session?.latest || newestOf(object, session.latest) !== object) return false;
      const { uid, resourceVersion } = session.latest.metadata;
      delete session.latest;
      return uid === object.metadata.uid && resourceVersion === object.metadata.resourceVersion;
    },
    of(key, uid) {
      const known = current.get(key);
      if (known?.uid === uid) return known.session;
      end(key);
      const session: Session = {};
      current.set(key, { uid, session });
      return session;
    },
  };
}
