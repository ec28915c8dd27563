import { LABEL } from '../../../api/names.ts';
import { reports } from '../../../api/resources.ts';
import type { ApiKeyRotation, MigrationReport } from '../../../api/types.ts';
import { assessConsumers, type EvidenceInput } from '../../../evidence/assess-consumers.ts';
import { type Pod, type PodView, podView } from '../../../evidence/pod-view.ts';
import { reportingPods } from '../../../evidence/reporting-pods.ts';
import type { ConsumerAssessment } from '../../../rotation/assessment.ts';
import { type BackoffLimits, backoffDelay } from '../../../runtime/backoff.ts';
import type { Cache } from '../../../runtime/cache.ts';
import type { Clock } from '../../../runtime/clock.ts';
import type { Entropy } from '../../../runtime/entropy.ts';
import type { KubeApi, KubeObject, Selection } from '../../../runtime/kube/kube-api.ts';
import { pages } from '../../../runtime/kube/pages.ts';
import { pods } from '../../../runtime/kube/resources.ts';
import { vanishedReports } from '../act/vanished-reports.ts';
import type { Session } from '../session.ts';
import type { RolloutLook, RolloutSights } from './rollout-look.ts';

/** Index of cached reports by the uid of their rotation. */
export const BY_ROTATION = 'rotation';

export interface EvidenceLookDeps {
  readonly kube: Pick<KubeApi, 'list'>;
  readonly clock: Pick<Clock, 'monotonic'>;
  readonly entropy: Entropy;
  readonly reports: Pick<Cache<MigrationReport>, 'byIndex'>;
  readonly rollouts: RolloutLook;
}

/** What others than the consumers tell, from the look that goes with it. */
type Told = Pick<EvidenceInput, 'usage' | 'guard'>;

/** Two ways to see what consumers have shown. */
export interface EvidenceLook {
  /**
   * From cached reports. When everyone may have moved and nobody has looked at the pods yet, the best case is told for ten seconds:
   * the live look that follows lists them. Otherwise they are listed here, at most every ten seconds, and not before somebody has
   * reported or nine seconds have passed. So a long wait costs a list of pods now and then, and nothing at issuer and stores. Workloads
   * are read each time, at most every five seconds, and seldom where we may not.
   */
  cached(object: ApiKeyRotation, session: Session, told: Told): Promise<ConsumerAssessment[]>;
  /**
   * Whether to look again what the targets serve: nobody can move to a key that is not there any more. Once where this process has
   * not published it, then seldom, and each time while something is wrong there.
   */
  isTargetLookDue(object: ApiKeyRotation, session: Session): boolean;
  /** All reports, then workloads and what their pods read, then all pods, live and in this order. */
  live(object: ApiKeyRotation, session: Session, told: Told): Promise<ConsumerAssessment[]>;
}

const PODS_FRESH_MS = 10_000;
/** Progress is told ten seconds after the publication was, which this process began to wait a little later than: it names the pods. */
const EARLY_MS = 9_000;
const ROLLOUTS_FRESH_MS = 5_000;
/** A right that is missing is soon given, or by a person who has to be found first. */
const DENIED_AGAIN: BackoffLimits = { baseMs: 10_000, maxMs: 300_000 };
const TARGETS_FRESH_MS = 600_000;
/**
 * What targets, or their stores, can be stalled for. What consumers lack is none of it: a look at a store that does not answer would
 * take its place in status, and the next one would find nothing wrong, in turn and without end.
 */
const WRONG_AT_TARGETS: ReadonlySet<string> = new Set(['Conflict', 'NeedsHuman', 'StateRegression', 'TargetChanged']);

export function createEvidenceLook({ kube, clock, entropy, reports: cache, rollouts }: EvidenceLookDeps): EvidenceLook {
  async function listAll<T extends KubeObject>(query: Selection): Promise<T[]> {
    const items: T[] = [];
    for await (const page of pages<T>(kube, query)) items.push(...page);
    return items;
  }

  async function listPods({ metadata, spec }: ApiKeyRotation, session: Session): Promise<readonly PodView[]> {
    const views: PodView[] = [];
    for (const selection of reportingPods(spec)) {
      const found = await listAll<Pod>({ resource: pods, namespace: metadata.namespace, ...selection });
      views.push(...found.map(podView));
    }
    session.pods = { at: clock.monotonic(), views };
    if (session.waiting) session.waiting.listed = true;
    return views;
  }

  function rememberedPods({ pods: seen }: Session): readonly PodView[] | undefined {
    return seen && clock.monotonic() - seen.at < PODS_FRESH_MS ? seen.views : undefined;
  }

  /**
   * Reports of a thousand pods must not ask for the workload a thousand times. What was seen before status said what it says of a copy
   * now is outdated: it would take back what another process has seen since.
   */
  async function recentRollouts(object: ApiKeyRotation, session: Session): Promise<RolloutSights> {
    const { rollouts: seen } = session;
    const known = recordsOf(object);
    if (seen?.known === known && clock.monotonic() < seen.until) return seen.sights;
    const sights = await rollouts.withPods(await rollouts.workloads(object), object);
    const denials = isDenied(sights) ? (seen?.denials ?? 0) + 1 : 0;
    const freshMs = denials > 0 ? backoffDelay(DENIED_AGAIN, denials, entropy) : ROLLOUTS_FRESH_MS;
    session.rollouts = { known, until: clock.monotonic() + freshMs, denials, sights };
    return sights;
  }

  /** This wait for consumers: since when this process looks at it, and whether it has seen the pods. */
  function waitOf({ status }: ApiKeyRotation, session: Session): NonNullable<Session['waiting']> {
    const publishedAt = status?.rotation?.publishedAt ?? '';
    if (session.waiting?.publishedAt === publishedAt) return session.waiting;
    const since = clock.monotonic();
    const targetsSeenAt = session.holding?.type === 'Delivered' ? since : undefined;
    session.waiting = { publishedAt, since, listed: false, targetsSeenAt };
    return session.waiting;
  }

  return {
    async cached(object, session, told) {
      const known = cache.byIndex(BY_ROTATION, object.metadata.uid ?? '');
      const sights = hasRollout(object) ? await recentRollouts(object, session) : NONE;
      const assessed = (views: readonly PodView[] | undefined) =>
        assess(object, known, { ...told, pods: views, rollouts: sights });
      const wait = waitOf(object, session);
      const remembered = rememberedPods(session);
      if (remembered) return assessed(remembered);
      if (wait.listed) return assessed(await listPods(object, session));
      const now = clock.monotonic();
      const atBest = assessed(podsThatReported(known, object));
      if (atBest.every((consumer) => consumer.state === 'Migrated')) {
        wait.atBestSince ??= now;
        if (now - wait.atBestSince < PODS_FRESH_MS) return atBest;
      }
      const started = atBest.some((consumer) => consumer.state === 'Migrated');
      // In the ordinary case the first reports come soon, and nobody needs to know which pods there are.
      if (!started && now - wait.since < EARLY_MS) return assessed(undefined);
      return assessed(await listPods(object, session));
    },
    isTargetLookDue(object, session) {
      const wait = waitOf(object, session);
      const now = clock.monotonic();
      const isFresh = wait.targetsSeenAt !== undefined && now - wait.targetsSeenAt < TARGETS_FRESH_MS;
      const stalled = object.status?.conditions?.find(({ type }) => type === 'Stalled');
      const isWrong = stalled?.status === 'True' && WRONG_AT_TARGETS.has(stalled.reason);
      if (isFresh && !isWrong) return false;
      wait.targetsSeenAt = now;
      return true;
    },
    async live(object, session, told) {
      const { namespace, uid } = object.metadata;
      const labelSelector = `${LABEL.rotationUID}=${uid}`;
      const found = await listAll<MigrationReport & KubeObject>({ resource: reports, namespace, labelSelector });
      const workloads = hasRollout(object) ? await rollouts.workloads(object) : NONE;
      const views = await listPods(object, session);
      session.vanished = vanishedReports(found, views);
      const sights = hasRollout(object) ? await rollouts.withPods(workloads, object) : NONE;
      return assess(object, found, { ...told, pods: views, rollouts: sights });
    },
  };
}

const NONE: RolloutSights = new Map();

function isDenied(sights: RolloutSights): boolean {
  return [...sights.values()].some(({ type }) => type === 'Denied');
}

/** Of this wait: what spec asks for, and what status says of workloads. */
function recordsOf({ metadata: { generation }, status }: ApiKeyRotation): string {
  const { publishedAt, consumers = [] } = status?.rotation ?? {};
  return JSON.stringify([generation, publishedAt, ...consumers.map(({ rollout }) => rollout)]);
}

function hasRollout({ spec }: ApiKeyRotation): boolean {
  return (spec.consumers ?? []).some(({ evidence }) => evidence.some(({ rollout }) => rollout));
}

function assess(
  object: ApiKeyRotation,
  found: readonly MigrationReport[],
  seen: Pick<EvidenceInput, 'pods' | 'usage' | 'guard' | 'rollouts'>,
): ConsumerAssessment[] {
  const { rotation, revision = 0 } = object.status ?? {};
  const input: EvidenceInput = {
    namespace: object.metadata.namespace ?? '',
    rotationName: object.metadata.name,
    uid: object.metadata.uid ?? '',
    revision,
    fingerprint: rotation?.newKey?.fingerprint ?? '',
    publishedAt: rotation?.publishedAt,
    consumers: object.spec.consumers ?? [],
    statuses: rotation?.consumers ?? [],
    reports: found,
    ...seen,
  };
  return assessConsumers(input);
}

/** The pods that reported, as if there were no others: what the best case looks like. */
function podsThatReported(found: readonly MigrationReport[], { spec }: ApiKeyRotation): PodView[] {
  return found.flatMap(({ spec: report }) => {
    const rule = spec.consumers
      ?.find(({ name }) => name === report.consumer)
      ?.evidence.find(({ type }) => type === 'Report')?.report;
    const { podName, podUID } = report.reporter ?? {};
    if (!rule || !podName || !podUID) return [];
    const labels = rule.podSelector?.matchLabels ?? {};
    return [
      {
        name: podName,
        uid: podUID,
        phase: 'Running',
        serviceAccountName: rule.serviceAccountName,
        labels,
        creationTimestamp: '',
      },
    ];
  });
}
