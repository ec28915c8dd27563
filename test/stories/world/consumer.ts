import type { MigrationReport } from '../../../src/api/types.ts';
import { recordName } from '../../../src/evidence/report-record.ts';
import { fingerprint } from '../../../src/key/fingerprint.ts';
import { proofOf } from '../../../src/key/proof.ts';
import { SecretValue } from '../../../src/key/secret-value.ts';
import { createServerTime } from '../../../src/runtime/kube/server-time.ts';
import { createReportWriter } from '../../../src/server/report-writer.ts';
import { createTakeReport } from '../../../src/server/take-report.ts';
import { createMemoryKube } from '../../doubles/memory-kube.ts';
import { createOutsideCalls } from '../../doubles/outside-calls.ts';
import { NAMESPACE } from './places.ts';
import { accountOf, consumedPath, type World } from './world.ts';

const EVERY_MS = 1_000;
/** Between two loads it goes on with the key that it has, as real programs do. */
const LOAD_EVERY_TURNS = 4;

/** One pod of a consumer, whose name is that of its ServiceAccount: each second it calls the API with the key that it loaded last, and reports it once. */
export interface SimulatedConsumer {
  /** Calls that the API refused. */
  readonly failures: readonly string[];
  /** From now on it uses this key, whatever the target serves; undefined: what the target serves. */
  pin(key: SecretValue | undefined): void;
  stop(): void;
}

export function startConsumer(world: World, pod: string): SimulatedConsumer {
  const consumer = accountOf(pod);
  const { clock, kube, places, apio } = world;
  const api = createMemoryKube(kube, createOutsideCalls().process(), clock, createServerTime(clock));
  const record = (name: string) =>
    kube
      .list({ resource: 'migrationreports.apikeyrotation.io', namespace: NAMESPACE })
      .items.find(({ metadata }) => metadata.name === name) as MigrationReport | undefined;
  const takeReport = createTakeReport({
    cached: world.rotation,
    live: async () => world.rotation(),
    write: createReportWriter({
      kube: api,
      cached: (_namespace, name) => record(name),
    }),
    recorded: async (claim) => record(recordName(claim)),
    now: () => new Date(clock.now()).toISOString(),
  });
  const uid = kube.get({ resource: 'pods', namespace: NAMESPACE, name: pod }).metadata.uid ?? '';
  const caller = {
    username: `system:serviceaccount:${NAMESPACE}:${consumer}`,
    pod: { name: pod, uid, phase: 'Running', serviceAccountName: consumer, labels: {}, creationTimestamp: '' },
  };
  const failures: string[] = [];
  let reported = '';

  let pinned: SecretValue | undefined;
  let loaded: SecretValue | undefined;
  let turns = 0;

  async function turn(): Promise<void> {
    if (turns++ % LOAD_EVERY_TURNS === 0) loaded = load();
    if (!loaded) return;
    call(loaded);
    await report(loaded);
  }

  function load(): SecretValue | undefined {
    if (pinned) return pinned;
    const text = places.serving(consumedPath(world))?.key;
    return text === undefined ? undefined : new SecretValue(text);
  }

  function call(key: SecretValue): void {
    try {
      apio.authenticate('Live', key.reveal(), 'uses');
    } catch {
      failures.push(`${new Date(clock.now()).toISOString()} ${pod} ${fingerprint(key)}`);
    }
  }

  async function report(key: SecretValue): Promise<void> {
    const { metadata, status } = world.rotation() ?? {};
    const revision = status?.revision ?? 0;
    if (!metadata?.uid || reported === `${revision} ${fingerprint(key)}`) return;
    const proof = proofOf(key, { uid: metadata.uid, revision, consumer });
    const claim = { namespace: NAMESPACE, name: 'apio', consumer, fingerprint: fingerprint(key), proof, caller };
    const answer = await takeReport(claim).catch(() => undefined);
    if (answer) reported = answer.state === 'Migrated' ? `${revision} ${fingerprint(key)}` : '';
  }

  let cancel = () => {};
  const tick = () => {
    cancel = clock.schedule(EVERY_MS, tick);
    void turn();
  };
  tick();
  return {
    failures,
    pin(key) {
      pinned = key;
    },
    stop: () => cancel(),
  };
}
