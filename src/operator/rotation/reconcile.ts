import type { ApiKeyRotation, RotationStatus } from '../../api/types.ts';
import { CallError, retryAfterMs } from '../../http/call-error.ts';
import { present } from '../../rotation/conditions.ts';
import { decide } from '../../rotation/decide.ts';
import type { Decision } from '../../rotation/decision.ts';
import type { Facts } from '../../rotation/facts.ts';
import { lookKept } from '../../rotation/look-at-rest.ts';
import { compareOrdinals, type Ordinal } from '../../rotation/ordinal.ts';
import { sameValue } from '../../rotation/same-value.ts';
import { targetServing } from '../../rotation/serving.ts';
import { tellTargets } from '../../rotation/transitions/migration.ts';
import type { Cache } from '../../runtime/cache.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Reconcile, ReconcileResult } from '../../runtime/controller.ts';
import type { KubeApi, KubeObject } from '../../runtime/kube/kube-api.ts';
import { isConflict } from '../../runtime/kube/kube-errors.ts';
import type { ServerTime } from '../../runtime/kube/server-time.ts';
import type { Log } from '../../runtime/log.ts';
import { objectKey } from '../../runtime/object-key.ts';
import type { StepResult, TakeStep } from './act/steps.ts';
import { type BaseFacts, timeFact } from './gather/base-facts.ts';
import type { LookAt, Sight } from './gather/looks.ts';
import { newestOf } from './newest.ts';
import type { PutDownKeys } from './put-down-keys.ts';
import { isFruitless, restFor, restOf } from './rest.ts';
import type { Session, Sessions } from './session.ts';
import { refOf, replaceStatus } from './status-write.ts';
import { circumstanceOf } from './trouble.ts';

export interface RotationReconcileDeps {
  readonly kube: Pick<KubeApi, 'get' | 'replace'>;
  readonly clock: Clock;
  readonly serverTime: ServerTime;
  readonly cache: Pick<Cache<ApiKeyRotation>, 'get'>;
  readonly sessions: Sessions;
  readonly putDownKeys: PutDownKeys;
  readonly baseFacts: BaseFacts;
  readonly lookAt: LookAt;
  readonly takeStep: TakeStep;
}

/** Progress is shown at most this often; steps of the protocol show theirs at once. */
const PROGRESS_EVERY_MS = 10_000;
/** More decisions than any rotation needs in one go: a circle between two rules ends here instead of never. */
const MAX_DECISIONS = 64;
const REST_AFTER_CIRCLE_MS = 60_000;
/** A watch event that is later than this is not late but lost. */
const CACHE_LAG_MS = 30_000;

/** Brings one ApiKeyRotation on: gather facts, decide, act, until there is something to wait for. */
export function createRotationReconcile(deps: RotationReconcileDeps): Reconcile {
  const { kube, clock, serverTime, cache, sessions, putDownKeys, baseFacts, lookAt, takeStep } = deps;

  return async (key, log) => {
    const cached = cache.get(key);
    const session = cached && sessions.of(key, cached.metadata.uid ?? '');
    if (!cached) sessions.end(key);
    await putDownKeys.discard(key, log);
    const result = session ? await bringOn(cached, session, log) : {};
    return soonerOf(result, putDownKeys.dueIn(key));
  };

  async function bringOn(cached: ApiKeyRotation, session: Session, log: Log): Promise<ReconcileResult> {
    const rest = restOf(session, cached, clock);
    if (rest > 0) return { requeueAfterMs: rest };
    const object = await newest(cached, session);
    if (!object) return { requeueAfterMs: CACHE_LAG_MS };
    return run(object, session, log.child({ revision: cached.status?.revision ?? 0 }));
  }

  /**
   * What is decided from. A version that a compare-and-set has refused is no such thing any more: its event may be lost, and the
   * next list may be an hour away. Undefined: the object is gone, or another one has its name.
   */
  async function newest(cached: ApiKeyRotation, session: Session): Promise<ApiKeyRotation | undefined> {
    const age = clock.monotonic() - (session.latestAt ?? Number.NEGATIVE_INFINITY);
    if (age > CACHE_LAG_MS) delete session.latest;
    const known = newestOf(cached, session.latest);
    if (known.metadata.resourceVersion !== session.refused) return known;
    const live = await readLive(cached);
    if (live) remember(live, session);
    return live;
  }

  async function readLive(object: ApiKeyRotation): Promise<ApiKeyRotation | undefined> {
    const live = await kube.get<ApiKeyRotation & KubeObject>(refOf(object));
    return live?.metadata.uid === object.metadata.uid ? live : undefined;
  }

  /** The cache may lag behind this; what it has seen already is not kept beside it. */
  function remember(object: ApiKeyRotation, session: Session): void {
    const cached = cache.get(objectKey(object));
    if (cached && newestOf(cached, object) === cached) delete session.latest;
    else session.latest = object;
    session.latestAt = clock.monotonic();
    delete session.refused;
  }

  /** Not to be believed again: neither what we wrote last nor what was decided from. */
  function doubt({ metadata }: ApiKeyRotation, session: Session): void {
    delete session.latest;
    if (metadata.resourceVersion !== undefined) session.refused = metadata.resourceVersion;
  }

  async function run(object: ApiKeyRotation, session: Session, log: Log): Promise<ReconcileResult> {
    takeNote(object, session);
    const sight: Sight = {};
    let facts = baseFacts(object, session);
    for (let count = 0; count < MAX_DECISIONS; count += 1) {
      const decision = decide(facts);
      if (decision.type === 'Wait' || decision.type === 'Rest') delete session.putOffSince;
      if (decision.type === 'Wait' && isFruitless(facts)) restFor(decision.requeueAfter, object, session, clock);
      if (decision.type === 'Wait' || decision.type === 'Rest') return show(decision, facts, session);
      try {
        const next = await act(decision, facts, session, sight, log);
        if (!next) return {};
        facts = next;
      } catch (error) {
        if (isConflict(error)) doubt(facts.object, session);
        // Reports and our own writes wake us; the other side is not asked again before the time that it named.
        const askedMs = retryAfterMs(error);
        if (askedMs > 0) restFor(askedMs, object, session, clock);
        await tellTrouble(error, facts, session);
        throw error;
      }
    }
    // Each write wakes us again, so that backoff alone would not hold it.
    restFor(REST_AFTER_CIRCLE_MS, object, session, clock);
    throw new CallError('refused', 'NoDecision', `${MAX_DECISIONS} decisions in a row led nowhere`);
  }

  /** What the object tells of what this process remembers. */
  function takeNote(object: ApiKeyRotation, session: Session): void {
    forgetEndedClaim(session, object);
    takeOfferedClaim(session, object);
    forgetOldKey(object, session);
    forgetSights(object, session);
  }

  /** Rule C: a claim that stands in status and was made up here is ours, also when the answer to its write was lost. */
  function takeOfferedClaim(session: Session, object: ApiKeyRotation): void {
    const { offeredClaim } = session;
    if (offeredClaim === undefined || offeredClaim === session.claim || object.status?.rotation?.claim !== offeredClaim)
      return;
    sessions.putDown(objectKey(object), session);
    session.claim = offeredClaim;
    session.claimed = ordinalOf(object);
    session.holding = { type: 'Working' };
  }

  /** A claim whose attempt was seen to be over never comes back; a status that shows it again is one from the past. */
  function forgetEndedClaim(session: Session, object: ApiKeyRotation): void {
    const { claim, claimed } = session;
    const { rotation } = object.status ?? {};
    if (claim === undefined || !claimed || rotation?.claim === claim) return;
    const order = compareOrdinals(ordinalOf(object), claimed);
    if (order < 0 || (order === 0 && rotation)) return;
    sessions.putDown(objectKey(object), session);
    delete session.claim;
    delete session.offeredClaim;
    delete session.holding;
  }

  /** Carries a decision out; answers the facts to decide on next, or undefined when the object is gone. */
  async function act(
    decision: Acting,
    facts: Facts,
    session: Session,
    sight: Sight,
    log: Log,
  ): Promise<Facts | undefined> {
    if (decision.type === 'Look') {
      if (decision.at.includes('live')) return readAgain(facts.object, session);
      const { rollouts } = session;
      const found = await lookAt(decision.at, facts, session, sight);
      const seen = { ...facts, ...found };
      // Whoever restarted a workload that was seen just now may have said so in the status since.
      if (session.rollouts !== rollouts || found.liveEvidence) delete seen.live;
      rememberOldKey(seen, session);
      if (found.targets) session.lastLook = lookKept(seen, serverTime.upperBound());
      return { ...seen, time: timeFact(serverTime, facts.time.fresh || decision.at.includes('time')) };
    }
    const { step } = decision;
    log.debug({ step: step.type === 'Commit' ? step.name : step.type }, 'Taking a step');
    const result = await takeStep(step, facts, session, sight);
    return after(result, facts, session);
  }

  /** The facts of the object as it is now; undefined when it is gone, or another one has its name. */
  async function readAgain(object: ApiKeyRotation, session: Session): Promise<Facts | undefined> {
    const live = await readLive(object);
    if (!live) return undefined;
    takeNote(live, session);
    remember(live, session);
    return { ...baseFacts(live, session), live: true, time: timeFact(serverTime, true) };
  }

  function after(result: StepResult, facts: Facts, session: Session): Facts | undefined {
    if (result.type === 'Found') {
      const kept = { ...facts, ...result.facts };
      for (const look of result.outdated ?? []) delete kept[look];
      delete kept.live;
      return { ...kept, time: timeFact(serverTime, false) };
    }
    if (!result.object) return undefined;
    delete session.putOffSince;
    takeOfferedClaim(session, result.object);
    // The event of this write tells nothing new, and so causes no other look at what is over by now.
    takeNote(result.object, session);
    remember(result.object, session);
    session.wroteAt = clock.monotonic();
    delete session.told;
    return { ...baseFacts(result.object, session), live: true };
  }

  /** Writes the status where it reads differently, and answers when to come back. */
  async function show(decision: Resting, { object }: Facts, session: Session): Promise<ReconcileResult> {
    const requeueAfterMs = decision.type === 'Wait' ? decision.requeueAfter : undefined;
    const late = decision.status && (await write(object, decision.status, session));
    const soonest = Math.min(...[late, requeueAfterMs].filter((ms) => ms !== undefined));
    return Number.isFinite(soonest) ? { requeueAfterMs: soonest } : {};
  }

  /** Answers in how many milliseconds to write, where it is too early now. */
  async function write(object: ApiKeyRotation, status: RotationStatus, session: Session): Promise<number | undefined> {
    if (sameValue(object.status ?? {}, status)) return undefined;
    const since = session.wroteAt === undefined ? PROGRESS_EVERY_MS : clock.monotonic() - session.wroteAt;
    if (since < PROGRESS_EVERY_MS && !isUrgent(object.status, status, session)) return PROGRESS_EVERY_MS - since;
    session.wroteAt = clock.monotonic();
    session.told = summaryOf(status);
    try {
      remember(await replaceStatus(kube, object, status), session);
    } catch (error) {
      if (isConflict(error)) doubt(object, session);
      throw error;
    }
    return undefined;
  }

  /**
   * The other side has named a time, and it has not put this object off for long. Where a thousand are told to come in a second, to write
   * that into each status would cost the API server more than what they wait for.
   */
  function isSoonOver({ retryAfterSeconds }: CallError, session: Session): boolean {
    if (retryAfterSeconds === undefined) return false;
    session.putOffSince ??= clock.monotonic();
    return clock.monotonic() + retryAfterSeconds * 1_000 - session.putOffSince < PROGRESS_EVERY_MS;
  }

  /** Says in the status what does not answer. A lost compare-and-set is no trouble: the next look sees the newer object. */
  async function tellTrouble(error: unknown, facts: Facts, session: Session): Promise<void> {
    if (!(error instanceof CallError) || (error.outcome === 'conflict' && error.status === 409)) return;
    const { status: before = {} } = facts.object;
    const isOurs = before.rotation?.claim === session.claim;
    const known = isOurs ? tellTargets(before, session.holding) : before;
    const circumstance = circumstanceOf(error, facts);
    if (isSoonOver(error, session) && !circumstance.stalled) return;
    const status = present(facts, known, circumstance);
    await write(facts.object, status, session).catch(() => undefined);
  }
}

function ordinalOf({ status }: ApiKeyRotation): Ordinal {
  return { revision: status?.revision ?? 0, attempt: status?.attempt ?? 0 };
}

/** What step 7 has seen of the old key spares step 8 another look. */
function rememberOldKey({ keys, targets, object }: Facts, session: Session): void {
  const old = object.status?.rotation?.oldKey;
  if (old && keys?.old?.ours && targets && !targetServing(targets, old)) session.confirmedOldKey = old.keyID;
}

/** It is for the intent that follows those looks, and for no later one. */
function forgetOldKey({ status }: ApiKeyRotation, session: Session): void {
  if (status?.rotation?.revokeIntent?.keyID !== session.confirmedOldKey) delete session.confirmedOldKey;
}

/** Pods and workloads are looked at while a rotation waits for them: a thousand of them are not kept while it rests. */
function forgetSights({ status }: ApiKeyRotation, session: Session): void {
  if (status?.rotation) return;
  delete session.pods;
  delete session.rollouts;
}

function soonerOf(result: ReconcileResult, ms: number | undefined): ReconcileResult {
  if (ms === undefined) return result;
  return { requeueAfterMs: Math.min(result.requeueAfterMs ?? Number.POSITIVE_INFINITY, ms) };
}

type Acting = Extract<Decision, { type: 'Look' | 'Step' }>;
type Resting = Extract<Decision, { type: 'Wait' | 'Rest' }>;

/**
 * What people are woken by is shown at once: a condition that changes its status, or what is waited for. What we have told before
 * is no news: two processes that see it differently would write against each other without end.
 */
function isUrgent(a: RotationStatus | undefined, b: RotationStatus, { told }: Session): boolean {
  return summaryOf(a ?? {}) !== summaryOf(b) && summaryOf(b) !== told;
}

function summaryOf({ conditions = [] }: RotationStatus): string {
  return conditions
    .map(({ type, status, reason }) => (type === 'Rotating' ? `${type}=${status}/${reason}` : `${type}=${status}`))
    .join();
}
