import type { ApiKeyRotation } from '../../../api/types.ts';
import type { IssuerCapabilities } from '../../../issuers/port.ts';
import { toTimestamp } from '../../../rotation/duration.ts';
import type { Facts, Limits, TimeFact } from '../../../rotation/facts.ts';
import type { Entropy } from '../../../runtime/entropy.ts';
import type { ServerTime } from '../../../runtime/kube/server-time.ts';
import { objectKey } from '../../../runtime/object-key.ts';
import type { References } from '../references.ts';
import type { Session } from '../session.ts';
import type { Planner } from './plan.ts';
import { createScheduleFacts } from './schedule-fact.ts';

export interface BaseFactsDeps {
  readonly installation: string;
  readonly limits: Limits;
  readonly serverTime: ServerTime;
  readonly entropy: Entropy;
  readonly planner: Planner;
  readonly references: References;
  /** All rotations that name this path, whatever the store. */
  readonly rotationsByPath: (path: string) => readonly ApiKeyRotation[];
  /** See Facts.leadsSince. */
  readonly leadsSince: () => string | undefined;
}

/** The facts that need no look: the object, time, schedule, references, and what this process holds. */
export type BaseFacts = (object: ApiKeyRotation, session: Session) => Facts;

export function createBaseFacts({
  installation,
  limits,
  serverTime,
  entropy,
  planner,
  references,
  rotationsByPath,
  leadsSince,
}: BaseFactsDeps): BaseFacts {
  const scheduleAt = createScheduleFacts();

  function conflictWith(object: ApiKeyRotation): string | undefined {
    const places = new Set(planner.places(object));
    const others = object.spec.targets.flatMap(({ path }) => rotationsByPath(path));
    const older = others.find(
      (other) => isOlder(other, object) && planner.places(other).some((place) => places.has(place)),
    );
    return older && objectKey(older);
  }

  function issuerCanRecover({ metadata, status }: ApiKeyRotation): boolean | undefined {
    const identity = status?.rotation?.plan.issuer;
    if (!identity) return undefined;
    try {
      return canRecover(references.issuer(metadata.namespace ?? '', identity).capabilities);
    } catch {
      return undefined;
    }
  }

  return (object, session) => {
    const recoverable = issuerCanRecover(object);
    const conflict = conflictWith(object);
    const since = leadsSince();
    const holdsClaim = session.claim !== undefined && session.claim === object.status?.rotation?.claim;
    return {
      object,
      installation,
      limits,
      time: timeFact(serverTime, false),
      freshClaim: entropy.uuid(),
      schedule: scheduleAt(object, serverTime.upperBound()),
      references: planner.resolve(object),
      ...(since === undefined ? {} : { leadsSince: since }),
      ...(conflict === undefined ? {} : { conflictWith: conflict }),
      ...(recoverable === undefined ? {} : { issuerCanRecover: recoverable }),
      ...(session.confirmedOldKey === undefined ? {} : { confirmedOldKey: session.confirmedOldKey }),
      ...(holdsClaim ? { holding: session.holding ?? { type: 'Working', keyInHand: false } } : {}),
    };
  };
}

/** Whether an attempt whose answer was lost can be told from one that made no key. */
export function canRecover({ replay, list }: IssuerCapabilities): boolean {
  return list || replay !== 'None';
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
  if (other.metadata.uid === object.metadata.uid) return false;
  const [a = '', b = ''] = [other.metadata.creationTimestamp, object.metadata.creationTimestamp];
  return a === b ? (other.metadata.uid ?? '') < (object.metadata.uid ?? '') : a < b;
}
