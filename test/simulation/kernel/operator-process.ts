import type { ApioEngine } from '../../../sandbox/apio/engine/apio-engine.ts';
import type { KvMount } from '../../../sandbox/vault/engine/kv.ts';
import { reports, rotations } from '../../../src/api/resources.ts';
import type { ApiKeyRotation, MigrationReport } from '../../../src/api/types.ts';
import { createPatience } from '../../../src/composition/patience.ts';
import { recordName } from '../../../src/evidence/report-record.ts';
import type { Issuer } from '../../../src/issuers/port.ts';
import { createOperator } from '../../../src/operator/operator.ts';
import { toTimestamp } from '../../../src/rotation/duration.ts';
import type { Limits } from '../../../src/rotation/facts.ts';
import type { Entropy } from '../../../src/runtime/entropy.ts';
import type { KubeObject } from '../../../src/runtime/kube/kube-api.ts';
import { createPatientKube } from '../../../src/runtime/kube/patient-kube.ts';
import { createServerTime } from '../../../src/runtime/kube/server-time.ts';
import { createElector } from '../../../src/runtime/leader-election/elector.ts';
import { guardWrites } from '../../../src/runtime/leader-election/guarded-kube.ts';
import { alwaysLeading } from '../../../src/runtime/leader-election/leadership.ts';
import type { Log } from '../../../src/runtime/log.ts';
import { keyOf } from '../../../src/runtime/object-key.ts';
import { createReportWriter } from '../../../src/server/report-writer.ts';
import { createTakeReport, type IncomingReport, type ReportAnswer } from '../../../src/server/take-report.ts';
import { createKubernetesStore } from '../../../src/stores/kubernetes/kubernetes-store.ts';
import type { KeyStore } from '../../../src/stores/port.ts';
import { createEventRecorder } from '../../../src/telemetry/events.ts';
import { type Aws, createAwsPort } from './aws-port.ts';
import type { Call } from './faults.ts';
import { createIssuerPort } from './issuer-port.ts';
import { createKubePort, type KubePortDeps } from './kube-port.ts';
import { createProcess, type Process, type ProcessDeps } from './process.ts';
import { createSilentIssuer } from './silent-issuer.ts';
import { createSupportPort } from './support-port.ts';
import { createVaultPort } from './vault-port.ts';
import { NAMESPACE, type Setting, type StoreKind } from './world.ts';

/** One process of the whole operator: controllers and the reports API. */
export interface OperatorProcess {
  readonly process: Process;
  /** What the reports API of this process answers; never, where it dies meanwhile. */
  takeReport(report: IncomingReport): Promise<ReportAnswer>;
}

/** What it is given of the world. */
export interface OperatorProcessDeps extends ProcessDeps, Pick<KubePortDeps, 'storage' | 'fateOf'> {
  readonly apio: ApioEngine;
  readonly managerText: string;
  readonly mount: KvMount;
  readonly aws: Aws;
  readonly setting: Setting;
  readonly installation: string;
  readonly limits: Limits;
  readonly entropy: Entropy;
  /** Whether an issuer of this name answers nobody. */
  readonly isSilent: (name: string) => boolean;
  /** Told what an adapter makes of the answers of others. */
  readonly answered: (call: Call, value: unknown) => void;
  /** Takes a line of log, with its fields. */
  readonly say: (what: unknown) => void;
}

/** Starts it, wired as `src/main.ts` does. */
export function createOperatorProcess(name: string, deps: OperatorProcessDeps): OperatorProcess {
  const { apio, managerText, setting, installation, limits, entropy, answered } = deps;
  const process = createProcess(name, deps);
  const { clock } = process;
  const serverTime = createServerTime(clock);
  const port = createKubePort({ ...deps, process, serverTime });
  const kube = createPatientKube(port, clock);
  const log = createLog(deps.say);
  const lease = { namespace: 'default', name: 'operator' };
  const elector = setting.elected
    ? createElector({ kube: port, clock, entropy, log, lease, identity: name })
    : undefined;
  const leadership = elector ?? alwaysLeading;
  // Whether it could look tells only that the API server answered.
  const looked = elector?.look().catch(() => {});
  const issuers = new Map<string, Issuer>();
  const guarded = guardWrites(kube, leadership);
  const portTo = (called: string) =>
    setting.people
      ? createSupportPort(called, { engine: apio, process, kube: guarded, people: setting.people, setting, answered })
      : createIssuerPort(called, { engine: apio, managerText, process, setting, answered });
  const issuerNamed = (called: string) => {
    const known = issuers.get(called) ?? portTo(called);
    issuers.set(called, known);
    return known;
  };
  const silentIssuer = createSilentIssuer(clock);
  const storeOf: Readonly<Record<StoreKind, () => KeyStore>> = {
    Vault: () => createVaultPort(deps.mount, process),
    KubernetesSecret: () => createKubernetesStore({ api: guarded, namespace: NAMESPACE }),
    AWSSecretsManager: () => createAwsPort(deps.aws, process),
  };
  const store = storeOf[setting.store]();
  const operator = createOperator({
    kube,
    serverTime,
    clock,
    entropy,
    log,
    events: createEventRecorder({ kube, clock, entropy, log, instance: name, namespace: 'default' }),
    adapters: createPatience(
      {
        issuer: ({ metadata }, environment) => {
          if (environment !== 'Live') return undefined;
          return deps.isSilent(metadata.name) ? silentIssuer : issuerNamed(metadata.name);
        },
        store: () => store,
        forget() {},
      },
      clock,
    ),
    effects: { audit: { record: (record) => log.info(record, 'audit') }, keyIssued() {}, keyRevoked() {} },
    leadership,
    onPhaseEnded() {},
    installation,
    namespaces: [],
    ...(setting.hasClusterKinds && { cluster: { secretsIn: undefined } }),
    limits,
    concurrency: 4,
  });
  void operator.run(process.signal);
  void Promise.all([operator.synced, looked]).then(elector?.start);
  const reportRef = (claim: Parameters<typeof recordName>[0] & { namespace: string }) => ({
    resource: reports,
    namespace: claim.namespace,
    name: recordName(claim),
  });
  const take = createTakeReport({
    cached: (namespace, rotation) => operator.rotations.get(keyOf(namespace, rotation)),
    live: (namespace, rotation) =>
      kube.get<ApiKeyRotation & KubeObject>({ resource: rotations, namespace, name: rotation }),
    write: createReportWriter({
      kube,
      cached: (namespace, record) => operator.reports.get(keyOf(namespace, record)),
    }),
    recorded: (claim) => kube.get<MigrationReport>(reportRef(claim)),
    now: () => toTimestamp(serverTime.lowerBound()),
  });
  return { process, takeReport: take };
}

function createLog(say: (what: unknown) => void, bindings: object = {}): Log {
  const write = (fields: object, message: string) => say({ ...bindings, ...fields, message });
  return {
    debug: write,
    info: write,
    warn: write,
    error: write,
    child: (more) => createLog(say, { ...bindings, ...more }),
  };
}
