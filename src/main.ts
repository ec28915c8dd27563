import '../bin/require-node.js';
import { hostname } from 'node:os';
import type { FastifyInstance } from 'fastify';
import { rotations } from './api/resources.ts';
import type { ApiKeyRotation } from './api/types.ts';
import { createAdapters } from './composition/adapters.ts';
import { prepareElection } from './composition/election.ts';
import { createBusyShare, engineHeap } from './composition/engine-heap.ts';
import { FlagError, type Flags, parseFlags, USAGE } from './composition/flags.ts';
import { lastWords } from './composition/last-words.ts';
import { createPatience } from './composition/patience.ts';
import { createPodIdentity } from './composition/pod-identity.ts';
import { rotationSample } from './composition/rotation-sample.ts';
import { CallError } from './http/call-error.ts';
import { createHttpTransport } from './http/transport.ts';
import { createOperator, type Operator } from './operator/operator.ts';
import { systemClock as clock } from './runtime/clock.ts';
import { systemEntropy as entropy } from './runtime/entropy.ts';
import { keepHeapSmallAtRest } from './runtime/heap-at-rest.ts';
import { connect } from './runtime/kube/connect.ts';
import { createHttpKubeApi } from './runtime/kube/http-kube-api.ts';
import type { KubeApi, KubeObject } from './runtime/kube/kube-api.ts';
import { createPatientKube } from './runtime/kube/patient-kube.ts';
import { namespaces } from './runtime/kube/resources.ts';
import { createServerTime, type ServerTime } from './runtime/kube/server-time.ts';
import { createTransport } from './runtime/kube/transport.ts';
import { keyOf } from './runtime/object-key.ts';
import { createShutdown, type Shutdown } from './runtime/shutdown.ts';
import { serveWith } from './server/json-app.ts';
import { createProbesServer } from './server/probes.ts';
import { createReportsServer } from './server/reports-api.ts';
import { followServingPair, readServingPair, type ServingPair } from './server/serving-certificate.ts';
import { createAudit } from './telemetry/audit.ts';
import { createEventRecorder } from './telemetry/events.ts';
import { createLogger } from './telemetry/logger.ts';
import { createMetrics, type Metrics } from './telemetry/metrics.ts';

type Log = ReturnType<typeof createLogger>;

/** Composition root: from flags to a running operator; resolves when it has ended. */
async function main(flags: Flags): Promise<void> {
  const log = createLogger({ level: flags.logLevel, clock });
  const shutdown = createShutdown({ signals: process, clock, log, graceMs: flags.shutdownGraceMs });
  const tls = flags.reportsCertificate && (await readServingPair(flags.reportsCertificate).catch(cannotServe));
  const serverTime = createServerTime(clock);
  const metrics = createMetrics(clock);

  const connection = await connect({ ...flags, environment: process.env });
  const kubeTransport = createTransport({ connection, clock, serverTime });
  const kube = createPatientKube(createHttpKubeApi(kubeTransport, entropy), clock);
  const transport = createHttpTransport();
  const podIdentity = createPodIdentity(process.env, clock);
  const privateNetworks = flags.httpIssuerNetworks;
  const declaredTransports = {
    shared: createHttpTransport({ privateNetworks }),
    trusting: (ca: string) => createHttpTransport({ privateNetworks, ca }),
  };
  shutdown.add('connections', async () => {
    await transport.close();
    await declaredTransports.shared.close();
    await podIdentity.close();
    await kubeTransport.close();
  });

  const events = createEventRecorder({
    kube,
    clock,
    entropy,
    log,
    instance: hostname(),
    namespace: flags.namespaces[0] ?? 'default',
  });
  shutdown.add('events', () => events.flush());
  const clusterNamespace = flags.clusterResourceNamespace ?? connection.namespace;
  const installation = flags.installation ?? (await installationOf(kube));
  const election = await prepareElection({ flags, connection, clock, serverTime, entropy, log });
  // Stopped after the operator: the lease is kept until the last effect has ended.
  shutdown.add('lease', () => election.stop());
  const operator = createOperator({
    kube,
    serverTime,
    clock,
    entropy,
    log,
    events,
    adapters: createPatience(
      createAdapters({
        kube,
        leadership: election,
        transport,
        trusting: (ca) => createHttpTransport({ ca }),
        declaredTransports,
        clock,
        entropy,
        metrics,
        storeAudiences: flags.storeAudiences,
        podIdentity,
        podIdentityNamespaces: flags.podIdentityNamespaces,
        awsEndpoint: flags.awsEndpoint,
        clusterNamespace,
      }),
      clock,
    ),
    effects: { audit: createAudit(log), keyIssued: metrics.keyIssued, keyRevoked: metrics.keyRevoked },
    leadership: election,
    installation,
    namespaces: flags.namespaces,
    ...(flags.clusterKinds && { cluster: { secretsIn: clusterNamespace } }),
    limits: flags.limits,
    concurrency: flags.concurrency,
    onPhaseEnded: ({ phase, seconds }) => metrics.phaseEnded(phase, seconds),
    onReconciled: metrics.reconciled,
    onWatchRestart: metrics.watchRestarted,
  });
  metrics.observeLeadership(election.holds);
  metrics.observeQueues(() => operator.controllers);
  metrics.observeDeadWatches(() => [...operator.deadWatches(), ...operator.refused()]);
  metrics.observeRotations(() =>
    Iterator.from(operator.rotations.list()).map((rotation) => rotationSample(rotation, clock.now())),
  );

  const running = operator.run(shutdown.signal);
  shutdown.add('operator', () => running);
  // Whose caches are not filled yet would lead and do nothing.
  void operator.synced.then(election.start);
  await serve(flags, operator, kube, serverTime, metrics, log, tls, shutdown);

  const heap = engineHeap();
  if (heap) shutdown.add('heap', keepHeapSmallAtRest({ clock, heap, busyShare: createBusyShare() }));
  // Timers alone do not keep the process; an event that is to be written again must.
  const keepAlive = setInterval(() => {}, 60_000);
  process.exitCode = (await shutdown.done) === 'Clean' ? 0 : 1;
  clearInterval(keepAlive);
  // Whatever still hangs after the grace period must not keep the process.
  setTimeout(() => process.exit(), 1_000).unref();
}

/** The two servers: probes and metrics, and the reports of consumers. */
async function serve(
  { host, probePort, reportsPort, reportsCertificate, audience }: Flags,
  operator: Operator,
  kube: KubeApi,
  serverTime: ServerTime,
  metrics: Metrics,
  log: Log,
  tls: ServingPair | undefined,
  shutdown: Pick<Shutdown, 'add' | 'signal'>,
): Promise<void> {
  let synced = false;
  void operator.synced.then(() => {
    synced = true;
  });
  const probes = createProbesServer({
    live: () => operator.deadWatches().map((plural) => `the watch of ${plural} is dead`),
    ready: () => (synced ? [] : operator.obstacles()),
    without: operator.obstacles,
    metrics: metrics.text,
    log,
  });
  const getLive = (namespace: string, name: string) =>
    kube.get<ApiKeyRotation & KubeObject>({ resource: rotations, namespace, name });
  const reportsApi = createReportsServer({
    kube,
    rotations: { get: (namespace, name) => operator.rotations.get(keyOf(namespace, name)), getLive },
    reports: { get: (namespace, name) => operator.reports.get(keyOf(namespace, name)) },
    serverTime,
    clock,
    log,
    audience,
    tls,
  });
  if (reportsCertificate && tls) {
    const renew = (pair: ServingPair) => serveWith(reportsApi, pair);
    void followServingPair(reportsCertificate, tls, renew, { clock, log, signal: shutdown.signal });
  }
  const [probesURL, reportsURL] = [
    await listen(probes, host, probePort, '--probe-port'),
    await listen(reportsApi, host, reportsPort, '--reports-port'),
  ];
  shutdown.add('servers', async () => {
    await reportsApi.close();
    await probes.close();
  });
  log.info({ probes: probesURL, reports: reportsURL }, 'Serving');
}

function cannotServe(error: Error): never {
  throw new FlagError(`--reports-tls-cert: ${error.message}`);
}

async function listen(server: FastifyInstance, host: string, port: number, flag: string): Promise<string> {
  try {
    return await server.listen({ host, port });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    throw new FlagError(`cannot listen on ${host} port ${port} (${code}); choose another one with --host or ${flag}`);
  }
}

/** Keys and markers name the cluster by the uid of its kube-system namespace, which no restore or upgrade changes. */
async function installationOf(kube: KubeApi): Promise<string> {
  const remedy = 'start with --installation ID, a name that no other installation has and that never changes';
  try {
    const namespace = await kube.get<KubeObject>({ resource: namespaces, name: 'kube-system' });
    if (namespace?.metadata.uid) return namespace.metadata.uid;
  } catch (error) {
    if (!(error instanceof CallError && error.outcome === 'denied')) throw error;
    throw new FlagError(
      `${error.message}; \`get\` on namespace kube-system tells which cluster this is: grant it, or ${remedy}`,
    );
  }
  throw new FlagError(`There is no namespace kube-system to name this installation by; ${remedy}`);
}

async function start(): Promise<void> {
  const flags = parseFlags(process.argv.slice(2));
  if (flags) await main(flags);
  else process.stdout.write(USAGE);
}

start().catch((error: unknown) => {
  console.error(lastWords(error));
  process.exitCode = 1;
});
