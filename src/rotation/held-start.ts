import type { ApiKeyRotation, RecordedKey } from '../api/types.ts';
import { later, milliseconds, toTimestamp } from './duration.ts';
import type { Explanation } from './explanation.ts';
import type { Facts } from './facts.ts';
import { renewalTime } from './renewal.ts';
import type { Trigger } from './trigger.ts';

/** Why a rotation that is wanted does not begin yet; `until`: when that may be over by itself, in milliseconds. */
export interface HeldStart extends Explanation {
  readonly until?: number;
}

/** A first key, an emergency, and consumers whose key is gone wait for nothing. */
const WAITS_FOR_NOTHING: ReadonlySet<Trigger['type']> = new Set(['FirstIssue', 'Emergency', 'AfterEmergency', 'Drift']);

/** What a rotation that is wanted waits for: the one that goes ahead of it, then a window. */
export function holdOf(facts: Facts, trigger: Trigger, current: RecordedKey): HeldStart | undefined {
  const urgentAt = urgency(facts, current);
  if (WAITS_FOR_NOTHING.has(trigger.type) || Date.parse(facts.time.stamp) >= urgentAt) return undefined;
  const held = behindTwin(facts, current) ?? outsideWindow(facts, trigger);
  if (!held) return undefined;
  const until = Math.min(held.until ?? Number.POSITIVE_INFINITY, urgentAt);
  return { reason: held.reason, message: held.message, ...(Number.isFinite(until) ? { until } : {}) };
}

/** A key must not expire because its successor waited: when half of the reserve is used up, nothing holds it back any more. */
function urgency({ object: { spec } }: Facts, current: RecordedKey): number {
  const renewal = renewalTime(spec, current);
  return renewal === undefined ? Number.POSITIVE_INFINITY : renewal + milliseconds(spec.renewBefore) / 2;
}

function outsideWindow({ schedule, time }: Facts, { type, tick }: Trigger): HeldStart | undefined {
  if (schedule.type !== 'Valid' || !schedule.window) return undefined;
  const { opensAt, closesAt, spreadAt } = schedule.window;
  const [opens, closes] = [Date.parse(opensAt), Date.parse(closesAt)];
  const now = Date.parse(time.stamp);
  const isPlanned = type === 'Expiring' || (tick !== undefined && Date.parse(tick) < opens);
  const from = isPlanned ? Date.parse(spreadAt) : opens;
  if (now >= from && now < closes) return undefined;
  const begins = `${WANTED_BY[type]} begins in the next window of spec.schedule.windows`;
  if (now >= closes) return { reason: 'WindowClosed', message: `${begins}, after ${closesAt}`, until: now };
  return { reason: 'WindowClosed', message: `${begins}, at ${toTimestamp(from)}`, until: from };
}

function behindTwin({ after, object, time }: Facts, { keyID }: RecordedKey): HeldStart | undefined {
  const { after: wanted } = object.spec;
  if (!wanted || !after) return undefined;
  const { name } = wanted.rotationRef;
  const { namespace } = object.metadata;
  const hold = (why: string, until?: number): HeldStart => ({
    reason: 'PromotionPending',
    message: `${why}; this rotation begins after that, or when spec.after is removed`,
    ...(until === undefined ? {} : { until }),
  });
  if (!after.twin) return hold(`spec.after: there is no ApiKeyRotation ${name} in namespace ${namespace}; create it`);
  const trouble = troubleOf(after.twin);
  if (trouble !== undefined) return hold(`spec.after: ApiKeyRotation ${name} must be well first: ${trouble}`);
  const { lastRotationTime = '', nextRotationTime } = after.twin.status ?? {};
  if (!isLater(keyTime(after.twin), keyTime(object) ?? object.metadata.creationTimestamp)) {
    const plan = after.twin.spec.suspend ? ', and is suspended' : planned(nextRotationTime);
    return hold(`spec.after: ApiKeyRotation ${name} has not rotated since key ${keyID} was issued${plan}`);
  }
  const soakedAt = later(lastRotationTime, milliseconds(wanted.soak));
  if (Date.parse(time.stamp) >= Date.parse(soakedAt)) return undefined;
  const since = `spec.after: ApiKeyRotation ${name} has rotated at ${lastRotationTime} and must stay well until ${soakedAt}`;
  return hold(since, Date.parse(soakedAt));
}

function planned(nextRotationTime: string | undefined): string {
  return nextRotationTime === undefined ? '' : `, it is to at ${nextRotationTime}`;
}

/** When the current key came; not every issuer tells, and of an adopted key we know no more than it. */
function keyTime({ status }: ApiKeyRotation): string | undefined {
  const { current, history = [] } = status ?? {};
  return current?.issuedAt ?? history.find(({ keyID }) => keyID === current?.keyID)?.publishedAt;
}

/** A time that cannot be read is never later: it does not let a rotation begin. */
function isLater(time: string | undefined, than: string | undefined): boolean {
  return Date.parse(time ?? '') > Date.parse(than ?? '');
}

/** Why a rotation is no proof that its permissions, its issuer and its consumers get on with a new key. */
function troubleOf({ metadata, status }: ApiKeyRotation): string | undefined {
  const condition = (type: string) => status?.conditions?.find((each) => each.type === type);
  if (metadata.deletionTimestamp) return 'it is being deleted';
  if (status?.rotation) return 'its rotation is running';
  if (status?.observedGeneration !== metadata.generation) return 'its spec was changed and nobody has looked at it yet';
  const stalled = condition('Stalled');
  if (stalled?.status === 'True') return `it is stalled (${stalled.reason})`;
  const ready = condition('Ready');
  if (ready?.status !== 'True') return `it is not ready (${ready?.reason ?? 'nobody has looked at it yet'})`;
  return status?.rolledBack ? `its revision ${status.rolledBack.revision} was rolled back` : undefined;
}

const WANTED_BY: Readonly<Record<Trigger['type'], string>> = {
  FirstIssue: 'the first rotation',
  Emergency: 'the rotation of a leaked key',
  AfterEmergency: 'the rotation after an emergency',
  Requested: 'the rotation that was asked for',
  KeyChanged: 'the rotation for a changed spec.key',
  IssuerChanged: 'the rotation to another issuer',
  Scheduled: 'the rotation that is due by spec.schedule',
  Drift: 'the rotation for a key that no target has any more',
  Expiring: 'the rotation that spec.renewBefore asks for',
};
