import type { ApiKeyRotation, ConsumerSpec, MigrationReport } from '../api/types.ts';
import { type ReportType, recordName } from '../evidence/report-record.ts';
import { ApiError } from './api-error.ts';
import type { Caller } from './authenticate.ts';
import { comeAgainAfter } from './come-again.ts';
import { type ExpectedKey, expectedKey } from './expected-key.ts';
import { findConsumer } from './find-consumer.ts';
import { noSuchRotation, type TakeReportDeps } from './take-report.ts';

/** An authenticated question for the key to use. */
export interface Question {
  readonly namespace: string;
  readonly name: string;
  readonly consumer: string | undefined;
  readonly caller: Caller;
}

/** The key to use. Pending: evidence of it is awaited from the one who asks; Migrated: it was given; Current: nobody asks it for any. */
export interface ExpectedAnswer {
  readonly uid: string;
  readonly revision: number;
  readonly consumer: string;
  readonly fingerprint: string;
  readonly state: 'Current' | 'Pending' | 'Migrated';
}

/** The two views of a rotation, and the cached records. */
export interface TellExpectedDeps extends Pick<TakeReportDeps, 'cached' | 'live' | 'now'> {
  readonly cachedReport: (namespace: string, name: string) => MigrationReport | undefined;
}

/** Tells a consumer which key it should be using; throws ApiError 425 before the first one is published. */
export function createTellExpected(deps: TellExpectedDeps): (question: Question) => Promise<ExpectedAnswer> {
  return async (question) => {
    const { namespace, name, consumer, caller } = question;
    const rotation = deps.cached(namespace, name) ?? (await deps.live(namespace, name));
    if (!rotation) throw noSuchRotation(namespace, name);
    const found = findConsumer(rotation, { consumer, pod: caller.pod });
    const expected = expectedKey(rotation);
    if (!expected) {
      throw new ApiError(
        425,
        'NothingPublished',
        'No key is published yet: ask again',
        comeAgainAfter(rotation, deps.now()),
      );
    }
    const { revision, fingerprint } = expected;
    const state = stateOf(question, rotation, found, expected);
    return { uid: rotation.metadata.uid ?? '', revision, consumer: found.name, fingerprint, state };
  };

  function stateOf(
    { namespace, caller }: Question,
    { metadata }: ApiKeyRotation,
    { name: consumer, evidence }: ConsumerSpec,
    { leaving, revision, fingerprint }: ExpectedKey,
  ): ExpectedAnswer['state'] {
    if (leaving === undefined) return 'Current';
    const isRecorded = (type: ReportType) => {
      const reporter = type === 'Report' ? { podUID: caller.pod.uid } : undefined;
      const subject = { rotationName: metadata.name, uid: metadata.uid ?? '', consumer, type, reporter };
      const spec = deps.cachedReport(namespace, recordName(subject))?.spec;
      return spec?.revision === revision && spec.fingerprint === fingerprint;
    };
    const asked = evidence.flatMap(({ type }) => (type === 'Report' || type === 'Proof' ? [type] : []));
    if (asked.length === 0) return 'Current';
    return asked.every(isRecorded) ? 'Migrated' : 'Pending';
  }
}
