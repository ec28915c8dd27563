import type { ApiKeyRotation, ConsumerSpec, MigrationReport } from '../api/types.ts';
import type { Claim, ReportType } from '../evidence/report-record.ts';
import { proofMatches } from '../key/proof.ts';
import { ApiError } from './api-error.ts';
import type { Caller } from './authenticate.ts';
import { comeAgainAfter } from './come-again.ts';
import { type ExpectedKey, expectedKey, type Standing, standingOf } from './expected-key.ts';
import { findConsumer, needs } from './find-consumer.ts';
import type { WriteResult } from './report-writer.ts';

/** One report as it came in, its caller authenticated where it brought a token. */
export interface IncomingReport {
  readonly namespace: string;
  readonly name: string;
  readonly consumer: string | undefined;
  readonly fingerprint: string;
  readonly proof: string | undefined;
  readonly caller: Caller | undefined;
}

/** What the reporter is told: the key that it should be using, and how its own stands to that. */
export interface ReportAnswer {
  readonly uid: string;
  readonly revision: number;
  readonly consumer: string;
  readonly fingerprint: string;
  readonly state: Exclude<Standing, 'Unknown'>;
  /** The types of evidence that stand recorded through this report; empty when nothing was to be recorded. */
  readonly recorded: readonly ReportType[];
}

/** The two views of a rotation and the way to record a claim. */
export interface TakeReportDeps {
  readonly cached: (namespace: string, name: string) => ApiKeyRotation | undefined;
  readonly live: (namespace: string, name: string) => Promise<ApiKeyRotation | undefined>;
  readonly write: (claim: Claim) => Promise<WriteResult>;
  /** The record that stands for the same reporter, live. */
  readonly recorded: (claim: Claim) => Promise<MigrationReport | undefined>;
  /** RFC 3339, by the API server's clock. */
  readonly now: () => string;
}

const RETRY_AFTER_NO_PROOF_SECONDS = 1;

/**
 * Judges a report by the cached rotation where that takes it for evidence, and by the live one otherwise. Only the live one can tell
 * that a key is not the new one: the cached one may be of a time before a rotation, or a roll back, published it.
 */
export function createTakeReport(deps: TakeReportDeps): (report: IncomingReport) => Promise<ReportAnswer> {
  return async (report) => {
    const { namespace, name, fingerprint } = report;
    const cached = deps.cached(namespace, name);
    const answer =
      cached &&
      (await unlessRefused(async () =>
        standingOf(fingerprint, expectedKey(cached)) === 'Migrated' ? take(report, cached, deps) : undefined,
      ));
    if (answer) return answer;
    const live = await deps.live(namespace, name);
    if (!live) throw noSuchRotation(namespace, name);
    const second = await take(report, live, deps);
    if (second) return second;
    throw new ApiError(
      425,
      'UnknownFingerprint',
      'fingerprint: no key in use has it, or one that is just being published; load the key again, then report again',
      comeAgainAfter(live, deps.now()),
    );
  };
}

/** What a cached view refuses, the live one may accept: a consumer added or a proof hash written just now. */
async function unlessRefused<T>(judge: () => Promise<T>): Promise<T | undefined> {
  try {
    return await judge();
  } catch (error) {
    if (error instanceof ApiError) return undefined;
    throw error;
  }
}

/** The answer for a rotation that no view shows. */
export function noSuchRotation(namespace: string, name: string): ApiError {
  return new ApiError(404, 'NoSuchRotation', `There is no ApiKeyRotation ${namespace}/${name}: correct the URL`);
}

/** Undefined where this view of the rotation may be too old to judge. */
async function take(
  report: IncomingReport,
  rotation: ApiKeyRotation,
  deps: TakeReportDeps,
): Promise<ReportAnswer | undefined> {
  const { write, now } = deps;
  const consumer = findConsumer(rotation, { consumer: report.consumer, pod: report.caller?.pod });
  const expected = expectedKey(rotation);
  const state = standingOf(report.fingerprint, expected);
  if (state === 'Unknown' || !expected) return undefined;
  const answer = { uid: rotation.metadata.uid ?? '', ...subjectOf(expected), consumer: consumer.name, state };
  if (state === 'Superseded') await takeBack(report, answer, deps, deps.now());
  if (state !== 'Migrated') return { ...answer, recorded: [] };
  const types = provenTypes(report, consumer, rotation);
  for (const type of types) {
    if ((await write(claimOf(type, report, answer, now()))) === 'Outrun') return undefined;
  }
  return { ...answer, recorded: types };
}

/**
 * A pod that uses the old key again: what it has reported of this revision is true no more. Its record is overwritten with the key
 * that it says it uses; where it has none there is nothing to take back.
 */
async function takeBack(
  report: IncomingReport,
  answer: Omit<ReportAnswer, 'recorded'>,
  { write, recorded }: Pick<TakeReportDeps, 'write' | 'recorded'>,
  now: string,
): Promise<void> {
  if (!report.caller) return;
  const claim = { ...claimOf('Report', report, answer, now), fingerprint: report.fingerprint };
  const record = await recorded(claim);
  if (record && record.spec.revision === claim.revision) await write(claim);
}

function subjectOf({ revision, fingerprint }: ExpectedKey): Pick<ReportAnswer, 'revision' | 'fingerprint'> {
  return { revision, fingerprint };
}

/**
 * The evidence that the report gives of what the consumer needs; throws ApiError where it is none, or the proof is wrong. None is asked
 * of a consumer that is seen to have moved by other means.
 */
function provenTypes(report: IncomingReport, consumer: ConsumerSpec, rotation: ApiKeyRotation): ReportType[] {
  if (!needs(consumer, 'Report') && !needs(consumer, 'Proof')) return [];
  const isProved = report.proof !== undefined && checkProof(report.proof, consumer, rotation);
  const types: ReportType[] = [];
  if (report.caller && needs(consumer, 'Report')) types.push('Report');
  if (isProved && needs(consumer, 'Proof')) types.push('Proof');
  if (types.length > 0) return types;
  if (needs(consumer, 'Report')) {
    throw new ApiError(
      401,
      'TokenNeeded',
      'The consumer gives reports: send the token of its ServiceAccount as bearer',
    );
  }
  throw new ApiError(
    400,
    'ProofNeeded',
    'proof is missing: this consumer proves that it holds the key; see docs/consumers.md',
  );
}

/** True for the right proof; false where it is not needed and cannot be checked; throws ApiError otherwise. */
function checkProof(proof: string, consumer: ConsumerSpec, { status }: ApiKeyRotation): boolean {
  const hash = status?.rotation?.consumers?.find(({ name }) => name === consumer.name)?.proofHash;
  if (hash && proofMatches(proof, hash)) return true;
  if (hash) {
    const remedy = 'compute it with the key that was loaded, the uid, revision and consumer of this rotation';
    throw new ApiError(
      403,
      'WrongProof',
      `proof is not the one of this key, rotation, revision and consumer: ${remedy}`,
    );
  }
  if (!needs(consumer, 'Proof')) return false;
  throw new ApiError(425, 'ProofNotReady', 'proof cannot be checked yet: report again', RETRY_AFTER_NO_PROOF_SECONDS);
}

function claimOf(type: ReportType, report: IncomingReport, answer: Omit<ReportAnswer, 'recorded'>, now: string): Claim {
  const { uid, revision, fingerprint, consumer } = answer;
  const { namespace, name: rotationName, caller } = report;
  const reporter =
    type === 'Report' && caller
      ? { username: caller.username, podName: caller.pod.name, podUID: caller.pod.uid }
      : undefined;
  return { namespace, rotationName, uid, revision, fingerprint, consumer, type, reporter, reportedAt: now };
}
