import type { ApiKeyRotation } from '../../../api/types.ts';
import { toTimestamp } from '../../../rotation/duration.ts';
import type { Capabilities, Facts, Limits, ReferencesFact, TimeFact, TwinFact } from '../../../rotation/facts.ts';
import type { Cache } from '../../../runtime/cache.ts';
import type { Entropy } from '../../../runtime/entropy.ts';
import type { ServerTime } from '../../../runtime/kube/server-time.ts';
import { keyOf, objectKey } from '../../../runtime/object-key.ts';
import type { IssueCalls } from '../issue-calls.ts';
import type { Places } from '../places.ts';
import type { References } from '../references.ts';
import type { Session } from '../session.ts';
import { createNamespaceLimits } from './namespace-limits.ts';
import type { Planner } from './plan.ts';
import { createScheduleFacts } from './schedule-fact.ts';

export interface BaseFactsDeps {
  readonly installation: string;
  readonly limits: Limits;
  readonly serverTime: ServerTime;
  readonly entropy: Entropy;
  readonly planner: Planner;
  readonly references: References;
  readonly issueCalls: IssueCalls;
  readonly places: Pick<Places, 'findOther'>;
  readonly rotations: Pick<Cache<ApiKeyRotation>, 'get'>;
  /** See Facts.leadsSince. */
  readonly leadsSince: () => string | undefined;
}

/** Every decision looks for one, and anybody may write a chain as long as a namespace has room for. */
export const LONGEST_CHAIN = 100;

/** The facts that need no look: the object, time, schedule, references, and what this process holds. */
export type BaseFacts = (object: ApiKeyRotation, session: Session) => Facts;

export function createBaseFacts({
  installation,
  limits,
  serverTime,
  entropy,
  planner,
  references,
  places,
  issueCalls,
  rotations,
  leadsSince,
}: BaseFactsDeps): BaseFacts {
  const scheduleAt = createScheduleFacts();
  const namespaceLimits = createNamespaceLimits({ issueCalls, references });

  function conflictWith(object: ApiKeyRotation): string | undefined {
    const older = places.findOther(object, (other) => isOlder(other, object));
    return older && objectKey(older);
  }

  function twinOf(object: ApiKeyRotation): Pick<Facts, 'after'> | undefined {
    return object.spec.after && { after: { twin: aheadOf(object), ...lookAhead(object) } };
  }

  function aheadOf({ metadata: { namespace }, spec: { after } }: ApiKeyRotation): ApiKeyRotation | undefined {
    return after && rotations.get(keyOf(namespace, after.rotationRef.name));
  }

  /** Those who wait for one another, from this one on; a circle further ahead is the affair of those in it. */
  function lookAhead(object: ApiKeyRotation): Pick<TwinFact, 'circle' | 'tooMany'> {
    const names = new Set([object.metadata.name]);
    for (let ahead = aheadOf(object); ahead; ahead = aheadOf(ahead)) {
      if (ahead.metadata.name === object.metadata.name) return { circle: [...names] };
      if (names.has(ahead.metadata.name)) return {};
      if (names.size === LONGEST_CHAIN) return { tooMany: LONGEST_CHAIN };
      names.add(ahead.metadata.name);
    }
    return {};
  }

  function capabilitiesFor({ metadata, status }: ApiKeyRotation, planned: ReferencesFact): Capabilities | undefined {
    const next = planned.type === 'Resolved' ? planned.plan.issuer : status?.current?.issuer;
    const identity = status?.rotation?.plan.issuer ?? next;
    if (!identity) return undefined;
    try {
      return references.issuer(metadata.namespace ?? '', identity).capabilities;
    } catch {
      return undefined;
    }
  }

  return (object, session) => {
    issueCalls.note(object);
    const planned = planner.resolve(object);
    const capabilities = capabilitiesFor(object, planned);
    const conflict = conflictWith(object);
    const since = leadsSince();
    session.lastLook ??= { at: serverTime.upperBound(), drifted: [] };
    const { claim } = object.status?.drift?.repair ?? {};
    const holdsClaim = session.claim !== undefined && session.claim === object.status?.rotation?.claim;
    const facts: Facts = {
      object,
      installation,
      limits,
      time: timeFact(serverTime, false),
      freshClaim: entropy.uuid(),
      schedule: scheduleAt(object, serverTime.upperBound()),
      references: planned,
      ...twinOf(object),
      ...(since === undefined ? {} : { leadsSince: since }),
      ...(conflict === undefined ? {} : { conflictWith: conflict }),
      ...(capabilities === undefined ? {} : { capabilities }),
      ...(session.confirmedOldKey === undefined ? {} : { confirmedOldKey: session.confirmedOldKey }),
      lastLook: session.lastLook,
      ...(claim !== undefined && claim === session.offeredClaim ? { holdsRepair: true } : {}),
      ...(holdsClaim ? { holding: session.holding ?? { type: 'Working' } } : {}),
    };
    return { ...facts, namespaceLimits: namespaceLimits(facts) };
  };
}

/** What the API server's answers so far say about its clock. */
export function timeFact(serverTime: ServerTime, fresh: boolean): TimeFact {
  // A start is rounded up: in whole seconds it must not come out earlier than it was.
  return {
    now: serverTime.lowerBound(),
    stamp: toTimestamp(Math.ceil(serverTime.upperBound() / 1_000) * 1_000),
    fresh,
  };
}

/** The older one works; equal ages are told apart by uid. */
function isOlder(other: ApiKeyRotation, object: ApiKeyRotation): boolean {
  const [a = '', b = ''] = [other.metadata.creationTimestamp, object.metadata.creationTimestamp];
  return a === b ? (other.metadata.uid ?? '') < (object.metadata.uid ?? '') : a < b;
}
