import type { ApiKeyRotation, MigrationReport, RunningRotation } from '../../../src/api/types.ts';
import type { KeyRecord } from '../../../src/issuers/port.ts';
import { milliseconds } from '../../../src/rotation/duration.ts';
import type { KubeObject, ObjectList } from '../../../src/runtime/kube/kube-api.ts';
import type { CallFault } from '../kernel/faults.ts';
import type { Entry, EntryOf, Ledger } from '../ledger/ledger.ts';
import { isLookAt, servedBy } from './answers.ts';
import type { Invariant } from './invariant.ts';
import { diesWithObject, isOurs, isSaidToLeak, publication } from './reading.ts';
import { unrolled } from './rolling-out.ts';
import { untold } from './witnesses.ts';

type Intent = EntryOf<'StatusWritten'>;

/** S3: what a process must have seen, itself and since the key was published, when it commits the intent to revoke. */
export const provenIntent: Invariant = {
  id: 'S3',
  on: ['StatusWritten'],
  says: 'revoke(old) only under an intent whose facts at commit were looked at live: both keys, every target, all evidence, pods last; grace over; not suspended',
  broken(entry, ledger) {
    if (entry.type !== 'StatusWritten' || !isOurs(entry)) return undefined;
    const { rotation } = entry.after.status ?? {};
    if (!rotation?.revokeIntent || entry.before.status?.rotation?.revokeIntent) return undefined;
    return (
      wrongKeys(rotation) ??
      suspended(entry) ??
      unfounded(entry, rotation, ledger) ??
      unseen(entry, rotation, ledger) ??
      tooSoon(entry, rotation, ledger)
    );
  },
};

function wrongKeys({ revokeIntent, oldKey, newKey }: RunningRotation): string | undefined {
  if (revokeIntent?.keyID !== oldKey?.keyID) return `the intent names ${revokeIntent?.keyID}, not the old key`;
  return newKey?.keyID === oldKey?.keyID ? 'the new key is the old one' : undefined;
}

function suspended({ before }: Intent): string | undefined {
  return before.spec.suspend ? 'an intent was committed while suspended' : undefined;
}

/** Nothing but the spec, or a person who says that this very key has leaked, waives the consumers. */
function unfounded({ before }: Intent, { revokeIntent, oldKey }: RunningRotation, ledger: Ledger): string | undefined {
  const { basis } = revokeIntent ?? {};
  if (basis === 'Evidence') return undefined;
  const isFounded =
    basis === 'Emergency' ? isSaidToLeak(oldKey?.keyID ?? '', ledger) : before.spec.withoutEvidence !== undefined;
  return isFounded ? undefined : `the consumers were waived by ${basis}, which nobody asked for`;
}

/**
 * All looks that a decision rests on are taken in one go. A process that stands still between them and its write decides on what it
 * saw before, and so does one whose write is long under way: where it arrives at last the object must be as it was, and an intent of
 * five minutes ago is not carried out before all is looked at anew. Longer ago is no look at all.
 */
const FRESH_MS = 60_000;
const HELD_UP_MS: Partial<Record<CallFault, number>> = { pause: 120_000, 'late-1m': 60_000, 'late-5m': 300_000 };

function freshFor({ by }: Intent, { struck }: Ledger): number {
  const own = struck.filter((each): each is EntryOf<'Struck'> => each.type === 'Struck' && each.by === by);
  const isHeldUp = ({ fault, call }: EntryOf<'Struck'>) => fault === 'pause' || call.name.startsWith('kube PUT status');
  const times = own.filter(isHeldUp).map(({ fault }) => HELD_UP_MS[fault] ?? 0);
  return FRESH_MS + times.reduce((sum, ms) => sum + ms, 0);
}

/** Everything that was not read live by the process that decided. */
function unseen(entry: Intent, rotation: RunningRotation, ledger: Ledger): string | undefined {
  const published = publication(ledger, rotation);
  const from = published ? ledger.entries.indexOf(published) : 0;
  const freshMs = freshFor(entry, ledger);
  const answers = ledger.entries
    .slice(from)
    .filter((each): each is EntryOf<'Answered'> => each.type === 'Answered' && each.by === entry.by)
    .filter(({ at }) => entry.at - at <= freshMs);
  const last = (fits: (answer: EntryOf<'Answered'>) => boolean) => answers.findLastIndex(fits);
  const { newKey, oldKey, plan } = rotation;
  const looks: readonly (readonly [problem: string, fits: (answer: EntryOf<'Answered'>) => boolean])[] = [
    ...plan.targets.map(({ path }): [string, (answer: EntryOf<'Answered'>) => boolean] => [
      `${path} was not seen to serve the new key`,
      (answer) => servedBy(answer, path)?.fingerprint === newKey?.fingerprint,
    ]),
    [
      'the new key was not verified',
      ({ call, value }) => call.name === 'issuer verify' && recordOf(value)?.keyID === newKey?.keyID,
    ],
    [
      'the old key was not looked at',
      ({ call, value }) => call.name === 'issuer get' && recordOf(value)?.keyID === oldKey?.keyID,
    ],
  ];
  const unlooked = looks.find(([, fits]) => !answers.some(fits));
  if (unlooked) return unlooked[0];
  if (rotation.revokeIntent?.basis !== 'Evidence') return undefined;
  if (last(isReportList) < 0) return 'reports were not read live';
  const pods = last(isPodList);
  const needsPods = entry.before.spec.consumers?.some(({ evidence }) =>
    evidence.some(({ type }) => type === 'Report' || type === 'Rollout'),
  );
  // What a cache lists anew after the pods is no look.
  const reports = (needsPods ? answers.slice(0, Math.max(pods, 0)) : answers).findLastIndex(isReportList);
  // A read that another one beside it made fruitless may be answered later still.
  const early = looks.find(([, fits]) => !answers.slice(0, pods).some(fits));
  if (needsPods && (reports < 0 || early)) return 'pods were not looked at last';
  // One list for each ServiceAccount.
  const seen = answers.slice(reports).filter(isPodList).flatMap(itemsOf);
  // Issuer and targets are asked before; what was seen of workloads while they were waited for does not count.
  const afterKeys = answers.slice(last(({ call }) => call.name === 'issuer get'));
  return (
    incomplete(entry.before, rotation, itemsOf(answers[reports]), seen) ??
    unrolled(entry.before, rotation, afterKeys, ledger) ??
    untold(entry.before, rotation, { answers, ledger })
  );
}

function isReportList({ call }: EntryOf<'Answered'>): boolean {
  return call.name === 'kube LIST migrationreports';
}

function isPodList({ call }: EntryOf<'Answered'>): boolean {
  return call.name === 'kube LIST pods';
}

/** The evidence, judged anew from what the process was answered. */
function incomplete(
  { metadata, spec }: ApiKeyRotation,
  { newKey, attemptID }: RunningRotation,
  reports: readonly KubeObject[],
  pods: readonly KubeObject[],
): string | undefined {
  const revision = Number(attemptID.split('/')[2]?.split('.')[0]);
  const counting = (reports as readonly MigrationReport[]).filter(
    (report) =>
      report.spec.rotationRef.uid === metadata.uid &&
      report.spec.revision === revision &&
      report.spec.fingerprint === newKey?.fingerprint,
  );
  for (const { name, evidence } of spec.consumers ?? []) {
    for (const { type, report } of evidence) {
      const given = counting.filter((each) => each.spec.consumer === name && each.spec.type === type);
      if (type === 'Proof' && given.length === 0) return `consumer ${name} has not proved anything`;
      if (type !== 'Report') continue;
      const live = (pods as readonly PodObject[]).filter(
        (pod) => pod.spec?.serviceAccountName === report?.serviceAccountName && !ENDED.has(pod.status?.phase ?? ''),
      );
      if (live.length === 0 && report?.whenNoPods !== 'Count') return `consumer ${name} has no pod`;
      const silent = live.find((pod) => !given.some((each) => each.spec.reporter?.podUID === pod.metadata.uid));
      if (silent) return `pod ${silent.metadata.name} has not reported`;
    }
  }
  return undefined;
}

type PodObject = KubeObject & { spec?: { serviceAccountName?: string }; status?: { phase?: string } };
const ENDED = new Set(['Succeeded', 'Failed']);

/** Durations, by the true time that passed. */
function tooSoon(entry: Intent, rotation: RunningRotation, ledger: Ledger): string | undefined {
  const { basis } = rotation.revokeIntent ?? {};
  const { migration, withoutEvidence } = entry.before.spec;
  if (basis === 'WithoutEvidence') {
    const text = ledger.keys.get(rotation.newKey?.keyID ?? '')?.text;
    const served = ledger.last('TargetWritten', ({ before, after }) => after?.text === text && before?.text !== text);
    const wanted = milliseconds(withoutEvidence?.overlap);
    return entry.at - (served?.at ?? 0) < wanted ? 'the overlap is not over' : undefined;
  }
  if (basis !== 'Evidence' || !migration?.gracePeriod) return undefined;
  const counted = ledger
    .all('ReportWritten')
    .filter(({ report }) => report.spec.fingerprint === rotation.newKey?.fingerprint && report.spec.type === 'Report');
  const complete = Math.max(...counted.map(({ at }) => at));
  return entry.at - complete < milliseconds(migration.gracePeriod) ? 'the grace period is not over' : undefined;
}

function recordOf(value: unknown): KeyRecord | undefined {
  return value as KeyRecord | undefined;
}

function itemsOf(answer: EntryOf<'Answered'> | undefined): readonly KubeObject[] {
  return (answer?.value as ObjectList<KubeObject> | undefined)?.items ?? [];
}

/** S3, long after the decision: it is confirmed by another look, or nothing is revoked. */
export const confirmedIntent: Invariant = {
  id: 'S3',
  on: ['StatusWritten'],
  says: 'an intent is confirmed only by a process that has looked at every target, and for evidence at the pods, and has not seen the old key served',
  broken(entry, ledger) {
    if (entry.type !== 'StatusWritten' || !isOurs(entry)) return undefined;
    const { rotation } = entry.after.status ?? {};
    const before = entry.before.status?.rotation?.revokeIntent;
    const { checkedAt, basis } = rotation?.revokeIntent ?? {};
    if (!rotation || !before || basis === 'Emergency' || checkedAt === before.checkedAt) return undefined;
    const freshMs = freshFor(entry, ledger);
    const fresh = (fits: (answer: EntryOf<'Answered'>) => boolean) =>
      ledger.last('Answered', (each) => each.by === entry.by && entry.at - each.at <= freshMs && fits(each));
    for (const { path } of rotation.plan.targets) {
      const look = fresh((answer) => isLookAt(answer, path));
      if (!look) return `${path} was not looked at again`;
      if (servedBy(look, path)?.fingerprint === rotation.oldKey?.fingerprint) return `${path} serves the old key again`;
    }
    if (basis !== 'Evidence') return undefined;
    const answers = ledger.all('Answered').filter((each) => each.by === entry.by && entry.at - each.at <= freshMs);
    const needsPods = entry.before.spec.consumers?.some((each) => each.evidence.some(({ type }) => type === 'Report'));
    if (needsPods && !fresh(isPodList)) return 'the pods were not looked at again';
    return untold(entry.before, rotation, { answers, ledger });
  },
};

/** S3, its first fact: what is waited for afterwards is that consumers take this key from these targets. */
export const publishedAsSeen: Invariant = {
  id: 'S3',
  on: ['StatusWritten'],
  says: 'a key is called published when it is a new one, by a process that has read it back from every target',
  broken(entry, ledger) {
    if (entry.type !== 'StatusWritten' || !isOurs(entry)) return undefined;
    const { rotation } = entry.after.status ?? {};
    if (!rotation?.publishedAt || entry.before.status?.rotation?.publishedAt) return undefined;
    const { newKey, oldKey } = rotation;
    if (newKey?.keyID === oldKey?.keyID) return `${newKey?.keyID} was called published, and is the key to be retired`;
    const unread = rotation.plan.targets.find(({ path }) => {
      const isReadBack = (each: EntryOf<'Answered'>) =>
        each.by === entry.by && servedBy(each, path)?.fingerprint === newKey?.fingerprint;
      return ledger.last('Answered', isReadBack) === undefined;
    });
    return unread && `${newKey?.keyID} was called published, and was not read back from ${unread.path}`;
  },
};

/** S3 as consumers feel it: no key dies that an obedient pod calls with. */
export const nobodyNeedsIt: Invariant = {
  id: 'S3',
  on: ['Died'],
  says: 'no key dies that a consumer calls with which does what the documentation asks',
  broken(entry: Entry, ledger) {
    if (entry.type !== 'Died' || !isOurs(entry)) return undefined;
    const isWaived = diesWithObject(entry.key.id, ledger) || isSaidToLeak(entry.key.id, ledger);
    if (isWaived || ledger.rotation?.spec.withoutEvidence) return undefined;
    const user = [...ledger.pods.values()].find(({ text, obedient }) => obedient && text === entry.key.text);
    return user ? `key ${entry.key.id} died while pod ${user.pod} calls with it` : undefined;
  },
};
