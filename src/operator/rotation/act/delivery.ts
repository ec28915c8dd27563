import type { ConsumerSpec, Plan, PlannedTarget, RecordedKey } from '../../../api/types.ts';
import { CallError } from '../../../http/call-error.ts';
import type { IssueResult, Issuer, KeyRecord } from '../../../issuers/port.ts';
import { type AttemptId, formatAttemptId } from '../../../key/attempt-id.ts';
import { fingerprint } from '../../../key/fingerprint.ts';
import { proofHash, proofOf } from '../../../key/proof.ts';
import type { SecretValue } from '../../../key/secret-value.ts';
import type { Delivered, Holding, KeyInHand } from '../../../rotation/facts.ts';
import { type RecordedValue, replacement } from '../../../rotation/replacement.ts';
import type { KeyStore, Publication } from '../../../stores/port.ts';
import { read, type TargetReading, targetFact } from '../target-io.ts';
import type { Effects } from './effects.ts';
import { mismatch } from './mismatch.ts';
import { publicationOf } from './publication.ts';

/** What one delivery is for and works with. */
export interface DeliveryContext {
  readonly attempt: AttemptId;
  readonly plan: Plan;
  readonly issuer: Issuer;
  readonly storeOf: (target: PlannedTarget) => KeyStore;
  readonly effects: Effects;
  /** The key to be retired; the new one must be another. */
  readonly oldKey: KnownKey | undefined;
  /** In a roll back, the key that is published again instead of a new one. */
  readonly restored?: RecordedKey | undefined;
  /** Keys of this revision that must not be taken over: somebody else may have them. */
  readonly leaked?: readonly string[];
  /** The keys that status names: a value without a marker is told by them, and none of them is ever given back. */
  readonly knownKeys: readonly KnownKey[];
  /** What status recorded about a target, for rule W. */
  readonly recordedAt: (target: PlannedTarget) => RecordedValue | undefined;
  readonly consumers: readonly ConsumerSpec[];
}

/** A key as status knows it. */
interface KnownKey {
  readonly keyID: string;
  readonly fingerprint: string;
}

/** A key in hand. */
export interface HeldKey {
  readonly record: KeyRecord;
  readonly key: SecretValue;
}

/**
 * Steps 2-4 of one attempt: issue, verify, publish to every target. The plaintext lives in this closure. `run` goes on where the
 * last run stopped, at the targets that the plan still has, and throws CallError where it cannot now; without an answer to the issue
 * call it ends `Unanswered`.
 */
export interface Delivery {
  run(targets: readonly PlannedTarget[], readings: readonly TargetReading[]): Promise<Holding>;
  /** Kills the key in hand if no target can have seen it; for an object that is gone, or an attempt that is over. */
  discard(): Promise<void>;
  /** The key in hand. */
  readonly inHand: KeyInHand | undefined;
}

/** Two, four, eight, sixteen seconds apart: some issuers take half a minute to know their own key. */
const MAX_VERIFY_TRIES = 5;
const MAX_CONFLICTS = 3;

/** A delivery that issues its key, or, with `taken`, one that publishes a verified key found at a target (take-over, roll back). */
export function createDelivery(context: DeliveryContext, taken?: HeldKey): Delivery {
  const { attempt, plan, effects, oldKey } = context;
  let held = taken;
  let verified = taken !== undefined;
  let verifyTries = 0;
  let mayBeServed = taken !== undefined;
  const done = new Map<string, Delivered['targets'][number]>();

  async function run(targets: readonly PlannedTarget[], readings: readonly TargetReading[]): Promise<Holding> {
    if (!held) {
      const result = await effects.issue(context.issuer, attempt, plan.key).catch(lostAnswer);
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
      const ended = await publishTo(
        target,
        held,
        readings.find((reading) => reading.target.name === target.name),
      );
      if (ended) return ended;
    }
    return { type: 'Delivered', delivered: summary(held, targets) };
  }

  /** What is wrong with the key; undefined when it is right. Throws while the issuer may still be spreading it. */
  async function verifyProblem({ record, key }: HeldKey): Promise<string | undefined> {
    const told = await context.issuer.verify(key);
    const problem = told ? mismatch(told, record.keyID, context) : 'the issuer rejects it';
    if (problem === undefined && fingerprint(key) === oldKey?.fingerprint)
      return `key ${record.keyID} has the text of the old key`;
    if (problem === undefined) return undefined;
    verifyTries += 1;
    if (verifyTries < MAX_VERIFY_TRIES) {
      const detail = { retryAfterSeconds: 2 ** verifyTries };
      throw new CallError(
        'unavailable',
        'KeyNotUsableYet',
        `new key ${record.keyID} does not verify yet: ${problem}`,
        detail,
      );
    }
    return `new key ${record.keyID} does not verify: ${problem}`;
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
      if (reading.stored?.marker?.keyID === record.keyID) mayBeServed = true;
      if (verdict.type === 'Stop') return stopped(verdict.reason, verdict.message);
      const before = mayBeServed;
      const isRefused = await write(store, target.name, publicationOf(reading, held, attempt, oldKey));
      reading = await read(target, store);
      if (isRefused && reading.stored?.marker?.keyID !== record.keyID) mayBeServed = before;
    }
    throw new CallError('conflict', 'TargetContended', `target ${target.name}: others keep writing ${target.path}`);
  }

  /**
   * A lost race or a lost answer: the read that follows tells whether our write stands, also where a proxy has repeated it or said
   * of it what the store did not. Until then consumers may have seen the key, except where no write was sent: there was no
   * connection, no lease, or no answer to a look before it. Resolves with whether a compare-and-set was refused.
   */
  async function write(store: KeyStore, target: string, publication: Publication): Promise<boolean> {
    const before = mayBeServed;
    mayBeServed = true;
    try {
      await effects.publish(store, target, publication);
      return false;
    } catch (error) {
      if (!(error instanceof CallError)) throw error;
      if (error.outcome === 'unavailable' && error.status === undefined) mayBeServed = before;
      if (error.outcome !== 'unknown' && error.outcome !== 'conflict') throw error;
      return error.outcome === 'conflict';
    }
  }

  /** Read back before it counts: "written" is what the store gives to the next reader. */
  function recordDone(target: PlannedTarget, { stored }: TargetReading): undefined {
    const { version = '', createdTime } = stored ?? {};
    mayBeServed = true;
    done.set(target.name, { name: target.name, version, ...(createdTime === undefined ? {} : { createdTime }) });
  }

  async function stopped(reason: string, message: string): Promise<Holding> {
    if (reason === 'HigherMarker') {
      if (!mayBeServed || !held) return giveBack({ type: 'Lost', reason: message });
      return { type: 'Lost', reason: message, keyID: held.record.keyID, served: true };
    }
    if (mayBeServed) throw new CallError('refused', reason, message);
    return giveBack({ type: 'Stopped', reason, message });
  }

  /** Revokes the never published key in hand. Where that is not certain the attempt counts as lost and is swept. */
  async function giveBack(
    holding: Extract<Holding, { type: 'VerificationFailed' | 'Stopped' | 'Lost' }>,
  ): Promise<Holding> {
    if (!held) return holding;
    const { keyID } = held.record;
    try {
      await discard();
      return holding;
    } catch {
      return holding.type === 'Stopped' ? { type: 'Lost', reason: holding.message, keyID } : { ...holding, keyID };
    }
  }

  /** Nobody will ever use this key: it dies before anybody could lose it, unless it was known before. */
  async function refuse(record: KeyRecord, message: string): Promise<Holding> {
    const failed = { type: 'VerificationFailed', message } as const;
    if (!bearsThisAttempt(record, context)) return failed;
    try {
      await effects.revoke(context.issuer, record.keyID, attempt);
      return failed;
    } catch {
      return { ...failed, keyID: record.keyID };
    }
  }

  async function discard(): Promise<void> {
    if (!held || mayBeServed) return;
    if (isMadeHere(held, context)) await effects.revoke(context.issuer, held.record.keyID, attempt);
    held = undefined;
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

  return {
    run,
    discard,
    get inHand() {
      return held && { keyID: held.record.keyID, served: mayBeServed };
    },
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

/** No answer, or "there is such a request already": a key may exist whose text nobody will ever see. Anything else made none. */
function lostAnswer(error: unknown): IssueResult | undefined {
  if (error instanceof CallError && (error.outcome === 'unknown' || error.outcome === 'conflict')) return undefined;
  throw error;
}
