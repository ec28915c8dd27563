import type { ApiKeyRotation, ConsumerSpec, Plan, PlannedTarget, RecordedKey } from '../../../api/types.ts';
import { CallError, NotBegunError } from '../../../http/call-error.ts';
import type { IssueResult, Issuer, KeyRecord, Requester, Revocation } from '../../../issuers/port.ts';
import { type AttemptId, formatAttemptId } from '../../../key/attempt-id.ts';
import { fingerprint } from '../../../key/fingerprint.ts';
import { proofHash, proofOf } from '../../../key/proof.ts';
import type { Delivered, Holding, KeyInHand, TargetProgress } from '../../../rotation/facts.ts';
import { type RecordedValue, replacement } from '../../../rotation/replacement.ts';
import { targetServing } from '../../../rotation/serving.ts';
import type { KeyStore } from '../../../stores/port.ts';
import { read, type TargetReading, targetFact } from '../target-io.ts';
import type { Effects } from './effects.ts';
import type { HeldKey } from './held-key.ts';
import { mismatch } from './mismatch.ts';
import { type OldKey, publicationOf } from './publication.ts';

/** What one delivery is for and works with, as it stands now: all but `attempt` may change while the attempt lasts. */
export interface DeliveryContext {
  readonly attempt: AttemptId;
  readonly plan: Plan;
  /** The adapter as the object describes it now, or did last: an attempt outlives corrections of credentials and declarations. */
  readonly issuerOf: () => Issuer;
  readonly storeOf: (target: PlannedTarget) => KeyStore;
  /** Throws CallError where the key of this delivery may not be written to that target now. */
  readonly assertTaken: (target: PlannedTarget) => void;
  readonly effects: Effects;
  /** For issuers behind which people work. */
  readonly requester: Requester;
  /** `live`: the object, where it was read since. */
  readonly revocationOf: (keyID: string, live?: ApiKeyRotation) => Revocation;
  /** The key to be retired; the new one must be another. */
  readonly oldKey: OldKey | undefined;
  /** In a roll back, the key that is published again instead of a new one. */
  readonly restored?: RecordedKey | undefined;
  /** Keys of this revision that must not be taken over: somebody else may have them. */
  readonly leaked?: readonly string[];
  /** The keys that status names: a value without a marker is told by them, and none of them is ever given back. */
  readonly knownKeys: readonly KnownKey[];
  /** What status recorded about a target, for rule W. */
  readonly recordedAt: (target: PlannedTarget) => readonly RecordedValue[];
  readonly consumers: readonly ConsumerSpec[];
}

/** A key as status knows it. */
interface KnownKey {
  readonly keyID: string;
  readonly fingerprint: string;
}

/**
 * Steps 2-4 of one attempt: issue, verify, publish to every target. The plaintext lives in this closure. `run` goes on where the
 * last run stopped, at the targets that the plan has `now`, and throws CallError where it cannot; without an answer to the issue call
 * it ends `Unanswered`.
 */
export interface Delivery {
  run(now: DeliveryContext, readings: readonly TargetReading[]): Promise<Holding>;
  /** Kills the key in hand if no target can have seen it; for an object that is gone, or, while it is `live`, an attempt that is over. */
  discard(live?: ApiKeyRotation): Promise<void>;
  /** As status names the attempt. */
  readonly attemptID: string;
  /** The key in hand. */
  inHand(): KeyInHand | undefined;
  /** Which targets were read back, and why the one whose turn it is could not be. */
  progress(): readonly TargetProgress[];
}

/** Two, four, eight, sixteen seconds apart: some issuers take half a minute to know their own key. */
const MAX_VERIFY_TRIES = 5;
const MAX_CONFLICTS = 3;

/**
 * Who may have the key: `None`: no write of it was sent. `Refused`: each was, and refused. `Served`: a target may have served it, so
 * that consumers may have loaded it.
 */
type Exposure = 'None' | 'Refused' | 'Served';

/** A delivery that issues its key, or, with `taken`, one that publishes a verified key found at a target (take-over, roll back). */
export function createDelivery(begun: DeliveryContext, taken?: HeldKey): Delivery {
  const { attempt, plan } = begun;
  let context = begun;
  let held = taken;
  let verified = taken !== undefined;
  let verifyTries = 0;
  let exposure: Exposure = taken ? 'Served' : 'None';
  const done = new Map<string, Delivered['targets'][number]>();
  let failing: { readonly name: string; readonly message: string } | undefined;

  async function run(now: DeliveryContext, readings: readonly TargetReading[]): Promise<Holding> {
    context = now;
    const { targets } = now.plan;
    if (!held) {
      // What may be written nowhere is not issued.
      for (const target of targets) now.assertTaken(target);
      const result = await now.effects.issue(now.issuerOf(), attempt, plan.key, now.requester).catch(lostAnswer);
      if (!result) return { type: 'Unanswered' };
      if (result.type === 'Replayed')
        return { type: 'Lost', reason: 'the text of its key was given out before', keyID: result.keyID };
      if (result.type === 'Unusable') return refuse(result.record, result.problem);
      held = result;
    }
    if (!verified) {
      const problem = await verifyProblem(held);
      if (problem !== undefined) return giveBack({ type: 'VerificationFailed', message: problem });
      verified = true;
    }
    for (const target of targets) {
      if (done.has(target.name)) continue;
      const first = readings.find((reading) => reading.target.name === target.name);
      const ended = await publishTo(target, held, first).catch((error: unknown) => {
        failing = error instanceof CallError ? { name: target.name, message: error.message } : undefined;
        throw error;
      });
      if (ended) return ended;
    }
    await now.issuerOf().settle?.(attempt, now.requester);
    return { type: 'Delivered', delivered: summary(held, targets) };
  }

  /** What is wrong with the key; undefined when it is right. Throws while the issuer may still be spreading it. */
  async function verifyProblem({ record, key }: HeldKey): Promise<string | undefined> {
    const { keyID } = record;
    const told = await context.issuerOf().verify(key, { keyID, fingerprint: fingerprint(key) });
    const problem = told ? mismatch(told, keyID, context) : 'the issuer rejects it';
    if (problem === undefined && fingerprint(key) === context.oldKey?.fingerprint)
      return `key ${keyID} has the text of the old key`;
    if (problem === undefined) return undefined;
    verifyTries += 1;
    if (verifyTries < MAX_VERIFY_TRIES) {
      const detail = { retryAfterSeconds: 2 ** verifyTries };
      throw new CallError('unavailable', 'KeyNotUsableYet', `new key ${keyID} does not verify yet: ${problem}`, detail);
    }
    return `new key ${keyID} does not verify: ${problem}`;
  }

  async function publishTo(
    target: PlannedTarget,
    held: HeldKey,
    first: TargetReading | undefined,
  ): Promise<Holding | undefined> {
    const { record, key } = held;
    const writer = { ...attempt, key: { keyID: record.keyID, fingerprint: fingerprint(key) } };
    const store = context.storeOf(target);
    let reading = first ?? (await read(target, store));
    for (let tries = 0; tries < MAX_CONFLICTS; tries += 1) {
      const verdict = replacement(targetFact(reading), writer, context.recordedAt(target));
      if (verdict.type === 'Done') return recordDone(target, reading);
      // Another process may have taken the key over from here.
      if (reading.stored?.marker?.keyID === record.keyID) exposure = 'Served';
      if (verdict.type === 'Stop') return stopped(verdict.reason, verdict.message);
      reading = await write(store, reading, held);
    }
    throw new CallError('conflict', 'TargetContended', `target ${target.name}: others keep writing ${target.path}`);
  }

  /**
   * A lost race or a lost answer: the read that follows tells whether our write stands, also where a proxy has repeated it or said
   * of it what the store did not. Until then consumers may have seen the key, and ever after where that read shows the key, or
   * nothing for which the write could have been refused.
   */
  async function write(store: KeyStore, over: TargetReading, held: HeldKey): Promise<TargetReading> {
    const before = exposure;
    const { target, stored } = over;
    const { effects, oldKey, assertTaken } = context;
    assertTaken(target);
    const publishing = effects.publish(store, target.name, publicationOf(over, held, attempt, oldKey));
    exposure = 'Served';
    const isRefused = await wasRefused(publishing).catch((error: unknown) => {
      if (wasNotSent(error)) exposure = before;
      throw error;
    });
    const now = await read(target, store);
    const isOthers = now.stored?.version !== stored?.version && now.stored?.marker?.keyID !== held.record.keyID;
    if (isRefused && isOthers && before !== 'Served') exposure = 'Refused';
    return now;
  }

  /** Read back before it counts: "written" is what the store gives to the next reader. */
  function recordDone(target: PlannedTarget, { stored }: TargetReading): undefined {
    const { version = '', createdTime } = stored ?? {};
    exposure = 'Served';
    failing = undefined;
    done.set(target.name, { name: target.name, version, ...(createdTime === undefined ? {} : { createdTime }) });
  }

  async function stopped(reason: string, message: string): Promise<Holding> {
    if (reason === 'HigherMarker') return giveBack({ type: 'Lost', reason: message });
    if (exposure === 'Served') throw new CallError('refused', reason, message);
    return giveBack({ type: 'Stopped', reason, message });
  }

  /** Revokes the never published key in hand. Where that cannot be, or is not certain, the attempt counts as lost and is swept. */
  async function giveBack(
    holding: Extract<Holding, { type: 'VerificationFailed' | 'Stopped' | 'Lost' }>,
  ): Promise<Holding> {
    if (!held) return holding;
    const { keyID } = held.record;
    const reason = holding.type === 'Lost' ? holding.reason : holding.message;
    try {
      await discard();
      return held && exposure === 'Served' ? { type: 'Lost', reason, keyID, served: true } : holding;
    } catch {
      return holding.type === 'Stopped' ? { type: 'Lost', reason, keyID } : { ...holding, keyID };
    }
  }

  /** Nobody will ever use this key: it dies before anybody could lose it, unless it was known before. */
  async function refuse(record: KeyRecord, message: string): Promise<Holding> {
    const failed = { type: 'VerificationFailed', message } as const;
    if (!bearsThisAttempt(record, context)) return failed;
    try {
      await revoke(record.keyID);
      return failed;
    } catch {
      return { ...failed, keyID: record.keyID };
    }
  }

  function revoke(keyID: string, live?: ApiKeyRotation): Promise<void> {
    const { effects, issuerOf, revocationOf } = context;
    return effects.revoke(issuerOf(), keyID, attempt, revocationOf(keyID, live));
  }

  async function discard(live?: ApiKeyRotation): Promise<void> {
    if (!held || exposure === 'Served') return;
    if (isMadeHere(held, context)) {
      if (await isServed(held)) exposure = 'Served';
      else await revoke(held.record.keyID, live);
    }
    if (exposure !== 'Served') held = undefined;
  }

  /**
   * The last look before a key dies. None is needed where no write of it was sent, unless the issuer gives the same text to whoever
   * begins this attempt again, as after a restored backup.
   */
  async function isServed({ record, key }: HeldKey): Promise<boolean> {
    if (exposure === 'None' && context.issuerOf().capabilities.replay !== 'Full') return false;
    const readings = await Promise.all(plan.targets.map((target) => read(target, context.storeOf(target))));
    const known = { keyID: record.keyID, fingerprint: fingerprint(key) };
    return targetServing(readings.map(targetFact), known) !== undefined;
  }

  function summary({ record, key }: HeldKey, targets: readonly PlannedTarget[]): Delivered {
    const { issuedAt, expiresAt } = record;
    const subject = { uid: attempt.uid, revision: attempt.revision };
    return {
      key: {
        keyID: record.keyID,
        fingerprint: fingerprint(key),
        ...(issuedAt === undefined ? {} : { issuedAt }),
        ...(expiresAt === undefined ? {} : { expiresAt }),
      },
      targets: targets.flatMap(({ name }) => done.get(name) ?? []),
      proofHashes: Object.fromEntries(
        context.consumers.map(({ name }) => [name, proofHash(proofOf(key, { ...subject, consumer: name }))]),
      ),
    };
  }

  function progressAt({ name }: PlannedTarget): TargetProgress {
    const version = done.get(name);
    if (version) return { ...version, state: 'Published' };
    return { name, state: 'Pending', ...(failing?.name === name && { message: failing.message }) };
  }

  return {
    run,
    discard,
    progress: () => plan.targets.map(progressAt),
    attemptID: formatAttemptId(attempt),
    inHand: () => held && { keyID: held.record.keyID, served: exposure === 'Served' },
  };
}

/** Whether the call of this attempt made the key. An issuer may answer with one that it gave out before, and that may be in use. */
function isMadeHere({ record, key }: HeldKey, context: DeliveryContext): boolean {
  const print = fingerprint(key);
  return bearsThisAttempt(record, context) && !context.knownKeys.some((known) => known.fingerprint === print);
}

/** Whether the issuer describes a key that status does not know, with the label of this attempt or none. */
function bearsThisAttempt({ keyID, label }: KeyRecord, { attempt, knownKeys }: DeliveryContext): boolean {
  if (knownKeys.some((known) => known.keyID === keyID)) return false;
  return label === undefined || label === formatAttemptId(attempt);
}

/** Whether a compare-and-set was refused; false where it was done, and where nobody knows. */
async function wasRefused(publishing: Promise<unknown>): Promise<boolean> {
  try {
    await publishing;
    return false;
  } catch (error) {
    if (error instanceof CallError && error.outcome === 'unknown') return false;
    if (error instanceof CallError && error.outcome === 'conflict') return true;
    throw error;
  }
}

/** There was no connection, no lease, no grant, or no answer to a look before the write. */
function wasNotSent(error: unknown): boolean {
  if (error instanceof NotBegunError) return true;
  return error instanceof CallError && error.outcome === 'unavailable' && error.status === undefined;
}

/** No answer, or "there is such a request already": a key may exist whose text nobody will ever see. Anything else made none. */
function lostAnswer(error: unknown): IssueResult | undefined {
  if (error instanceof CallError && (error.outcome === 'unknown' || error.outcome === 'conflict')) return undefined;
  throw error;
}
