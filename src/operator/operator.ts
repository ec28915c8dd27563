import { environmentsOf } from '../api/issuer-environments.ts';
import { isOfCluster, referenceKey } from '../api/references.ts';
import { clusterIssuers, clusterStores, issuers, reports, rotations, stores } from '../api/resources.ts';
import type { ApiKeyRotation, IssuerObject, MigrationReport, StoreObject } from '../api/types.ts';
import type { Limits } from '../rotation/facts.ts';
import type { Cache, IndexFunction } from '../runtime/cache.ts';
import type { Clock } from '../runtime/clock.ts';
import { type Controller, createController, type Reconcile } from '../runtime/controller.ts';
import type { Entropy } from '../runtime/entropy.ts';
import { joinReflectors } from '../runtime/joined-reflectors.ts';
import type { KubeApi, KubeObject, Resource } from '../runtime/kube/kube-api.ts';
import type { ServerTime } from '../runtime/kube/server-time.ts';
import { guardWrites } from '../runtime/leader-election/guarded-kube.ts';
import type { Leadership } from '../runtime/leader-election/leadership.ts';
import type { Log } from '../runtime/log.ts';
import { keyOf, objectKey } from '../runtime/object-key.ts';
import { createReflector, type RestartReason } from '../runtime/reflector.ts';
import { createSpacedWakes } from '../runtime/spaced-wakes.ts';
import type { EventRecorder } from '../telemetry/events.ts';
import type { Adapters } from './adapters.ts';
import { type BothScopes, bothScopes, type Followed } from './both-scopes.ts';
import { createFirstLists } from './first-lists.ts';
import { createReadinessReconcile } from './readiness.ts';
import type { EffectObservers } from './rotation/act/effects.ts';
import type { EndedPhase } from './rotation/act/phase-time.ts';
import { createSteps } from './rotation/act/steps.ts';
import { concernedBy } from './rotation/followers.ts';
import { createBaseFacts } from './rotation/gather/base-facts.ts';
import { BY_ROTATION, createEvidenceLook } from './rotation/gather/evidence-look.ts';
import { createGuardLook } from './rotation/gather/guard-look.ts';
import { createLooks } from './rotation/gather/looks.ts';
import { createPlanner } from './rotation/gather/plan.ts';
import { restartingWorkloads } from './rotation/gather/restarts-elsewhere.ts';
import { createRolloutLook } from './rotation/gather/rollout-look.ts';
import { createUsageLook } from './rotation/gather/usage-look.ts';
import { createIssueCalls } from './rotation/issue-calls.ts';
import { createPlaces } from './rotation/places.ts';
import { createPutDownKeys } from './rotation/put-down-keys.ts';
import { createRotationReconcile } from './rotation/reconcile.ts';
import { createReferences } from './rotation/references.ts';
import { createSessions } from './rotation/session.ts';
import { createWork } from './work-while-leading.ts';

/** Everything from outside: a simulation gives other ones than `main`. */
export interface OperatorDeps {
  readonly kube: KubeApi;
  readonly serverTime: ServerTime;
  readonly clock: Clock;
  readonly entropy: Entropy;
  readonly log: Log;
  readonly adapters: Adapters;
  readonly events: EventRecorder;
  readonly effects: EffectObservers;
  /** When this process may work; the caches are kept filled at all times. */
  readonly leadership: Leadership;
  readonly onPhaseEnded: (ended: EndedPhase) => void;
  /** Whose markers and labels are ours. */
  readonly installation: string;
  /** The namespaces that are watched; none: all. */
  readonly namespaces: readonly string[];
  /** Whether issuers and stores of the whole cluster are watched; `secretsIn`: where Secrets are that they name, if that is known. */
  readonly cluster?: { readonly secretsIn: string | undefined };
  readonly limits: Limits;
  readonly concurrency: number;
  readonly onReconciled?: (
    controller: string,
    outcome: 'done' | 'waiting' | 'conflict' | 'error',
    seconds: number,
  ) => void;
  readonly onWatchRestart?: (reason: RestartReason) => void;
}

/** The running operator. */
export interface Operator {
  /** Follows the API server, and works while it leads; resolves when `signal` aborts and all effects in flight have ended. */
  run(signal: AbortSignal): Promise<void>;
  /**
   * Resolves when all caches hold what the API server holds, but for kinds of the cluster, and one namespace of several, that it does
   * not serve to us.
   */
  readonly synced: Promise<unknown>;
  /** What is not listed, and what helps, a sentence each. */
  obstacles(): readonly string[];
  /** Plurals of the resources of namespaces that the API server refuses to list. */
  refused(): readonly string[];
  /** Plurals of the resources whose watch is dead: a restart may help. */
  deadWatches(): readonly string[];
  readonly rotations: Cache<ApiKeyRotation>;
  readonly reports: Cache<MigrationReport>;
  readonly controllers: readonly Controller[];
}

const BY_ISSUER = 'issuer';
const BY_STORE = 'store';
const BY_TWIN = 'twin';
const BY_RESTART = 'restart';
/** The first report wakes its rotation at once; what follows within this time is looked at together: nobody feels a tenth of a second. */
const REPORTS_TOGETHER_MS = 100;

/** Wires reflectors, caches and controllers. */
export function createOperator(deps: OperatorDeps): Operator {
  const { serverTime, clock, adapters, namespaces, leadership } = deps;
  const kube = guardWrites(deps.kube, leadership);

  function follow<T extends KubeObject>(
    resource: Resource,
    indexes: Readonly<Record<string, IndexFunction<T>>> = {},
  ): Followed<T> {
    const { entropy, log, onWatchRestart } = deps;
    const reflectorOf = (namespace: string | undefined) =>
      createReflector<T>({
        kube,
        clock,
        entropy,
        log,
        selection: { resource, namespace },
        indexes,
        ...(onWatchRestart && { onRestart: onWatchRestart }),
      });
    const isEverywhere = !resource.namespaced || namespaces.length === 0;
    const parts = new Map(namespaces.map((namespace) => [namespace, reflectorOf(namespace)]));
    return { resource, reflector: isEverywhere ? reflectorOf(undefined) : joinReflectors(parts) };
  }

  const ownRotations = follow<ApiKeyRotation>(rotations, {
    [BY_ISSUER]: issuerOf,
    [BY_STORE]: storesOf,
    [BY_TWIN]: twinOf,
    [BY_RESTART]: restartsIn,
  });
  const ownIssuers = follow<IssuerObject>(issuers);
  const ownStores = follow<StoreObject>(stores);
  const ownReports = follow<MigrationReport>(reports, { [BY_ROTATION]: ({ spec }) => [spec.rotationRef.uid] });
  const ofCluster = deps.cluster && {
    issuers: follow<IssuerObject>(clusterIssuers),
    stores: follow<StoreObject>(clusterStores),
  };
  const needed = [ownRotations, ownIssuers, ownStores, ownReports];
  const spared = ofCluster ? Object.values(ofCluster) : [];
  const watches = [...needed, ...spared];
  const lists = createFirstLists({
    needed: needed.map(({ reflector }) => reflector),
    spared: spared.map(({ reflector }) => reflector),
    log: deps.log,
  });
  const rotationReflector = ownRotations.reflector;
  const reportReflector = ownReports.reflector;
  const allIssuers = bothScopes(ownIssuers, ofCluster?.issuers);
  const allStores = bothScopes(ownStores, ofCluster?.stores);

  const planDeps = {
    issuers: allIssuers,
    stores: allStores,
    adapters,
    followsCluster: ofCluster !== undefined,
    obstacleTo: lists.obstacleTo,
    clusterNamespace: deps.cluster?.secretsIn,
  };
  const references = createReferences(planDeps);
  const rollouts = createRolloutLook({ kube, stores: allStores });
  const evidence = createEvidenceLook({ kube, clock, entropy: deps.entropy, reports: reportReflector.cache, rollouts });
  const usage = createUsageLook({ kube, clock, serverTime, references });
  const guard = createGuardLook({ kube, clock, serverTime });
  const planner = createPlanner(planDeps);
  const places = createPlaces({ planner, rotations: rotationReflector.cache });
  const issueCalls = createIssueCalls(serverTime);
  const putDownKeys = createPutDownKeys({ ...deps, kube });
  const sessions = createSessions(putDownKeys.add);
  const reconcileRotation = createRotationReconcile({
    kube,
    clock,
    serverTime,
    cache: rotationReflector.cache,
    sessions,
    putDownKeys,
    baseFacts: createBaseFacts({
      ...deps,
      planner,
      references,
      places,
      issueCalls,
      rotations: rotationReflector.cache,
      leadsSince: () => work.leadsSince(),
    }),
    lookAt: createLooks({
      kube,
      references,
      evidence,
      usage,
      guard,
      restarting: (within) => rotationReflector.cache.byIndex(BY_RESTART, within),
      scope: namespaces.length === 0 ? [undefined] : namespaces,
    }),
    takeStep: createSteps({ ...deps, kube, references, effects: { ...deps.effects, leadership } }),
  });

  // Issuers and stores that hang keep their namespace's workers busy: some are left for the others.
  const maxPerNamespace = namespaces.length === 1 ? undefined : Math.ceil(deps.concurrency * 0.75);

  function controller(name: string, reconcile: Reconcile, groupOf?: (key: string) => string): Controller {
    return createController({ ...deps, name, reconcile, maxPerNamespace, groupOf });
  }

  const rotationController = controller('rotation', reconcileRotation, (key) => {
    const object = rotationReflector.cache.get(key);
    return object ? referenceKey(object.metadata.namespace, object.spec.issuerRef) : key;
  });
  const issuerController = controller(
    'issuer',
    createReadinessReconcile<IssuerObject>({
      kube,
      leadership,
      clock,
      serverTime,
      objects: allIssuers,
      check: (object) => checkIssuer(object, adapters),
    }),
  );
  const storeController = controller(
    'store',
    createReadinessReconcile<StoreObject>({
      kube,
      leadership,
      clock,
      serverTime,
      objects: allStores,
      check: (object) => adapters.store(object).check(),
    }),
  );
  const controllers = [rotationController, issuerController, storeController];
  const work = createWork({ leadership, controllers, serverTime });

  // Before anything is woken by the same change.
  rotationReflector.onChange(({ type, object }) => (type === 'Deleted' ? places.forget : places.note)(object));
  allStores.onChange(({ object }) => rotationReflector.cache.byIndex(BY_STORE, objectKey(object)).forEach(places.note));
  rotationReflector.onChange(({ type, object }) => {
    const isKnown = sessions.caughtUp(object);
    if (type === 'Deleted' || !isKnown) rotationController.enqueue(objectKey(object));
    issueCalls.note(object);
    const followers = (each: ApiKeyRotation) => rotationReflector.cache.byIndex(BY_TWIN, objectKey(each));
    for (const follower of concernedBy(object, followers)) rotationController.enqueue(objectKey(follower));
  });
  const wakeForReport = createSpacedWakes(clock, REPORTS_TOGETHER_MS, rotationController.enqueue);
  reportReflector.onChange(({ object }) =>
    wakeForReport(keyOf(object.metadata.namespace, object.spec.rotationRef.name)),
  );
  enqueueWithDependents(allIssuers, issuerController, BY_ISSUER);
  enqueueWithDependents(allStores, storeController, BY_STORE);

  /** A change of an issuer or store concerns it and the rotations that name it. */
  function enqueueWithDependents<T extends IssuerObject | StoreObject>(
    objects: BothScopes<T>,
    own: Controller,
    index: string,
  ): void {
    objects.onChange(({ type, object }) => {
      if (type === 'Deleted') adapters.forget(object);
      own.enqueue(objectKey(object));
      for (const dependent of rotationReflector.cache.byIndex(index, objectKey(object)))
        rotationController.enqueue(objectKey(dependent));
    });
  }

  lists.onServed(({ selection: { namespace } }) => {
    const waited = namespace === undefined ? namesCluster : isIn(namespace);
    for (const object of rotationReflector.cache.list())
      if (waited(object)) rotationController.enqueue(objectKey(object));
  });

  async function run(signal: AbortSignal): Promise<void> {
    const aborted = new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      else signal.addEventListener('abort', () => resolve(), { once: true });
    });
    for (const { reflector } of watches) void reflector.run(signal);
    await Promise.race([lists.synced, aborted]);
    if (!signal.aborted) work.begin();
    await aborted;
    // At once, and without waiting for a list that may hang: what is not begun must not begin.
    await Promise.all(controllers.map((each) => each.stop()));
  }

  return {
    run,
    synced: lists.synced,
    obstacles: lists.obstacles,
    refused: lists.refused,
    deadWatches: () => watches.flatMap(({ resource, reflector }) => (reflector.healthy() ? [] : [resource.plural])),
    rotations: rotationReflector.cache,
    reports: reportReflector.cache,
    controllers,
  };
}

async function checkIssuer(object: IssuerObject, adapters: Adapters): Promise<void> {
  for (const { name } of environmentsOf(object)) await adapters.issuer(object, name)?.check();
}

function namesCluster({ spec }: ApiKeyRotation): boolean {
  return isOfCluster(spec.issuerRef) || spec.targets.some(({ storeRef }) => isOfCluster(storeRef));
}

function isIn(namespace: string): (object: ApiKeyRotation) => boolean {
  return ({ metadata }) => metadata.namespace === namespace;
}

/** The namespace of a rotation that waits for the end of restarts. */
function restartsIn(rotation: ApiKeyRotation): string[] {
  return restartingWorkloads(rotation).length === 0 ? [] : [rotation.metadata.namespace ?? ''];
}

function issuerOf({ metadata, spec }: ApiKeyRotation): string[] {
  return [referenceKey(metadata.namespace, spec.issuerRef)];
}

/** The rotation that goes ahead of it. */
function twinOf({ metadata, spec }: ApiKeyRotation): string[] {
  return spec.after ? [keyOf(metadata.namespace, spec.after.rotationRef.name)] : [];
}

function storesOf({ metadata, spec }: ApiKeyRotation): string[] {
  return [...new Set(spec.targets.map(({ storeRef }) => referenceKey(metadata.namespace, storeRef)))];
}
