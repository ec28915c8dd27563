import type { ApiKeyRotation, IssuerIdentity, RecordedKey, RunningRotation } from '../../../api/types.ts';
import { untilQuiet } from '../../../evidence/last-used.ts';
import type { Issuer, KeyUsage } from '../../../issuers/port.ts';
import { milliseconds } from '../../../rotation/duration.ts';
import type { Facts, NewKeyUse, OldKeyUse, UsageFact } from '../../../rotation/facts.ts';
import { ownerOf } from '../../../rotation/transitions/status.ts';
import type { Clock } from '../../../runtime/clock.ts';
import type { KubeApi, KubeObject } from '../../../runtime/kube/kube-api.ts';
import type { ServerTime } from '../../../runtime/kube/server-time.ts';
import type { References } from '../references.ts';
import type { Session } from '../session.ts';
import { refOf } from '../status-write.ts';
import { namespaceOf } from './planned.ts';

export interface UsageLookDeps {
  readonly kube: Pick<KubeApi, 'get'>;
  readonly clock: Pick<Clock, 'monotonic'>;
  readonly serverTime: Pick<ServerTime, 'lowerBound'>;
  readonly references: References;
}

/** When the two keys of a rotation were used; undefined where no consumer of spec is seen by that. Throws CallError. */
export interface UsageLook {
  /** As it was seen last; looked at again when that may have changed something, at most once a minute, at least once an hour. */
  cached(facts: Facts, session: Session): Promise<UsageFact | undefined>;
  live(facts: Facts, session: Session): Promise<UsageFact | undefined>;
}

const SOONEST_MS = 60_000;
const LATEST_MS = 3_600_000;
/** Of a quiet period this part may pass before a use of the old key is told. */
const SHARE = 24;
const AT_LEAST_EVERY_MS = 300_000;
/** A Date header is cut to whole seconds. */
const DATE_RESOLUTION_MS = 1_000;

export function createUsageLook({ kube, clock, serverTime, references }: UsageLookDeps): UsageLook {
  async function live(facts: Facts, session: Session): Promise<UsageFact | undefined> {
    const { rotation } = facts.object.status ?? {};
    if (!rotation?.oldKey || !rotation.newKey || quietPeriods(facts.object).length === 0) return undefined;
    if (session.usage?.of !== waitOf(facts.object)) session.usage = { of: waitOf(facts.object) };
    const fresh = await newKeyUse(facts, rotation, rotation.newKey.keyID, session);
    const old = await oldKeyUse(facts, rotation.oldKey);
    // Tells the API server's time, against which the time since publishing is measured.
    await kube.get<ApiKeyRotation & KubeObject>(refOf(facts.object));
    const fact = { now: serverTime.lowerBound(), old, fresh };
    session.usage = { ...session.usage, fact, at: clock.monotonic() };
    return fact;
  }

  async function oldKeyUse(facts: Facts, { keyID, issuer: identity }: RecordedKey): Promise<OldKeyUse> {
    const issuer = references.issuer(namespaceOf(facts), identity);
    const resolutionMs = issuer.capabilities.usageResolutionMs;
    if (resolutionMs === undefined) return tellsNothing(identity);
    const usage = await issuer.usage(keyID);
    if (!usage && (await isListed(facts, issuer, keyID)))
      return untold(`issuer ${identity.name} lists key ${keyID} and yet answers that there is no such key`);
    if (usage?.status !== 'Active') return { type: 'Dead', keyID };
    return readUse(usage, identity, keyID, resolutionMs);
  }

  /** That a key is gone is believed where the list does not show it alive either. */
  async function isListed(facts: Facts, issuer: Issuer, keyID: string): Promise<boolean> {
    if (!issuer.capabilities.list) return false;
    const listed = await issuer.list(ownerOf(facts));
    return listed.some((key) => key.keyID === keyID && key.status === 'Active');
  }

  /**
   * Who used the key is not told. We verify it ourselves, before it is published and when somebody else was seen to use it; so what
   * counts is later than the first look of this process, after its last call with the key. That it was used once stays true.
   */
  async function newKeyUse(
    facts: Facts,
    { plan }: RunningRotation,
    keyID: string,
    session: Session,
  ): Promise<NewKeyUse> {
    const issuer = references.issuer(namespaceOf(facts), plan.issuer);
    const resolutionMs = issuer.capabilities.usageResolutionMs;
    if (resolutionMs === undefined) return tellsNothing(plan.issuer);
    const usage = await issuer.usage(keyID);
    if (usage?.status !== 'Active') return untold(`issuer ${plan.issuer.name} does not show key ${keyID} to be alive`);
    const told = readUse(usage, plan.issuer, keyID, resolutionMs);
    if (told.type !== 'Told') return told;
    const { of, since = told.asOf + DATE_RESOLUTION_MS + resolutionMs } = session.usage ?? {};
    const at = session.usage?.usedAt ?? usedAfter(since, told);
    session.usage = { of: of ?? waitOf(facts.object), since, ...(at === undefined ? {} : { usedAt: at }) };
    return at === undefined ? { type: 'Unused', keyID, since } : { type: 'Used', keyID, at };
  }

  return {
    live,
    async cached(facts, session) {
      const { of, fact, at = 0 } = session.usage ?? {};
      if (!fact || of !== waitOf(facts.object)) return live(facts, session);
      return clock.monotonic() - at < nextLook(fact, facts.object) ? fact : live(facts, session);
    },
  };
}

/** We are about to call with the new key: what is told of its use afterwards may be that, unless others have been seen before. */
export function forgetUseBeforeOwn(session: Session): void {
  if (session.usage?.usedAt === undefined) delete session.usage;
}

type Told = Extract<OldKeyUse, { type: 'Told' }>;
type Untold = Extract<OldKeyUse & NewKeyUse, { type: 'Untold' }>;

/** A time that cannot be read is never taken for one long ago. */
function readUse(
  { asOf = '', lastUsedAt }: KeyUsage,
  { name }: IssuerIdentity,
  keyID: string,
  resolutionMs: number,
): Told | Untold {
  const [now, last] = [Date.parse(asOf), lastUsedAt === undefined ? undefined : Date.parse(lastUsedAt)];
  if (Number.isNaN(now)) return untold(`issuer ${name} does not say what time it is: its answers need a Date header`);
  if (Number.isNaN(last)) return untold(`issuer ${name} tells no readable time at which key ${keyID} was used`);
  return { type: 'Told', keyID, asOf: now, resolutionMs, ...(last === undefined ? {} : { lastUsedAt: last }) };
}

/** A use in the future is none. */
function usedAfter(since: number, { asOf, lastUsedAt = 0 }: Told): number | undefined {
  return lastUsedAt > since && lastUsedAt <= asOf + DATE_RESOLUTION_MS ? lastUsedAt : undefined;
}

function tellsNothing({ name }: IssuerIdentity): Untold {
  return untold(
    `issuer ${name} does not tell when its keys were used; take evidence of another type for this consumer, or, where the vendor tells it, declare key.lastUsedAt and capabilities.usageResolution`,
  );
}

function untold(why: string): Untold {
  return { type: 'Untold', why };
}

/** Which wait this is: since when, and for which key. */
function waitOf(object: ApiKeyRotation): string {
  const { rotation } = object.status ?? {};
  return JSON.stringify([rotation?.publishedAt, rotation?.newKey?.keyID]);
}

function quietPeriods({ spec }: ApiKeyRotation): number[] {
  return (spec.consumers ?? []).flatMap(({ evidence }) =>
    evidence.flatMap(({ lastUsed }) => (lastUsed ? [milliseconds(lastUsed.quietPeriod)] : [])),
  );
}

/** Milliseconds after which another look may show something new; 0 where nobody asks for one. */
function nextLook(fact: UsageFact, object: ApiKeyRotation): number {
  const quiet = quietPeriods(object);
  const publishedAt = Date.parse(object.status?.rotation?.publishedAt ?? '');
  const latest = Math.max(AT_LEAST_EVERY_MS, Math.min(LATEST_MS, Math.min(...quiet) / SHARE));
  const open = quiet.map((quietMs) => untilQuiet(quietMs, fact, publishedAt)).filter((ms) => ms > 0);
  return Math.max(SOONEST_MS, Math.min(latest, ...open));
}
