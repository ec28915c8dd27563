import { until } from '../components/until.ts';
import { admitApprover } from './approver.ts';
import { type FourPlaces, type Place, SECRET, VAULT_PATH } from './four-places.ts';
import { deploymentOf } from './job.ts';
import { type KeyUser, type KeyUserOptions, startKeyUser } from './key-user.ts';
import type { Stored } from './regions.ts';
import type { Scene } from './scene.ts';
import type { Tenant } from './tenant.ts';
import { admitReaders } from './vault-access.ts';

/** A consumer for each kind of evidence, as spec has them. */
export const FIVE_CONSUMERS = [
  { name: 'api', evidence: [{ type: 'Report', report: { serviceAccountName: 'api' } }] },
  { name: 'partner', evidence: [{ type: 'Proof' }] },
  {
    name: 'web',
    evidence: [{ type: 'Rollout', rollout: { workloadRef: { kind: 'Deployment', name: 'web' }, action: 'Restart' } }],
  },
  { name: 'mainframe', evidence: [{ type: 'LastUsed', lastUsed: { quietPeriod: '1m' } }] },
  { name: 'board', evidence: [{ type: 'Approval' }] },
] as const;

/** Whom a rotation waits for. */
export type ConsumerName = (typeof FIVE_CONSUMERS)[number]['name'];

/** What their pods do, where they have any. */
const JOBS = [
  { consumer: 'api', from: { type: 'Vault', path: VAULT_PATH } },
  { consumer: 'web', from: { type: 'Secret', name: SECRET }, atStartOnly: true },
] as const;
/** The ServiceAccounts of their pods. */
export const ACCOUNTS = JOBS.map(({ consumer }) => consumer);
const REPLICAS = 2;
const CALLS_PER_SECOND = 5;

/** All but the board call all the time; api, partner and web are held up: they go on with the key that they have. */
export interface FiveConsumers {
  /** Lets one take up the key that it finds. */
  release(consumer: 'api' | 'partner' | 'web'): Promise<void>;
  /** Those outside of the cluster; the crew of the scene has the others. */
  readonly outside: readonly { readonly name: ConsumerName; readonly user: KeyUser }[];
  /** What they logged. */
  lines(): readonly string[];
  /** Ends them. */
  close(): Promise<void>;
}

/** Starts them, when the first key is in its places; resolves when all of them call. */
export async function startFiveConsumers(
  scene: Scene,
  { namespace }: Tenant,
  { places, rotation }: { places: FourPlaces; rotation: string },
): Promise<FiveConsumers> {
  const { world, crew, operator } = scene;
  const { cluster, vault, apioServer } = world;
  await admitReaders(vault, namespace);
  await admitApprover(world, namespace);
  const common = { rotation, callsPerSecond: CALLS_PER_SECOND };
  for (const job of JOBS) await cluster.apply(deploymentOf(namespace, { ...job, ...common }, REPLICAS));

  const lines: string[] = [];
  const startOutside = (name: 'partner' | 'mainframe', place: Place, options: Partial<KeyUserOptions>) => ({
    name,
    user: startKeyUser({
      load: { load: async () => keyIn(await places.read(place)) },
      callURL: `${apioServer.url.Live}/v1/payments`,
      callsPerSecond: CALLS_PER_SECOND,
      isHeld: () => false,
      log: (line) => lines.push(`${name} ${line}`),
      ...options,
    }),
  });
  let isPartnerHeld = true;
  // Without a token: it proves.
  const report = { url: operator.reportsURL, namespace, rotation, consumer: 'partner' };
  const outside = [
    startOutside('partner', 'eu-west-1', { report, isHeld: () => isPartnerHeld }),
    startOutside('mainframe', 'eu-north-1', {}),
  ];
  const releaseApi = crew.hold({ namespace, consumer: 'api' });
  const pauseWeb = (paused: boolean) =>
    cluster.patch(`/apis/apps/v1/namespaces/${namespace}/deployments/web`, { spec: { paused } });

  const callers = () => [...crew.containers(namespace), ...outside.map(({ user }) => user)];
  const doAllCall = () =>
    callers().filter(({ tally }) => tally().calls > 0).length === JOBS.length * REPLICAS + outside.length;
  const last = () => [...crew.lines(), ...lines].join('\n');
  await until(doAllCall, { what: 'calls of all consumers', timeoutMs: 60_000, last });
  // Not before: a Deployment that is paused from the beginning gets no pods.
  await pauseWeb(true);
  return {
    outside,
    lines: () => lines,
    async release(consumer) {
      if (consumer === 'api') releaseApi();
      else if (consumer === 'partner') isPartnerHeld = false;
      else await pauseWeb(false);
    },
    close: async () => void (await Promise.all(outside.map(({ user }) => user.stop()))),
  };
}

const keyIn = ({ fields }: Stored) => ({
  key: fields.API_KEY ?? '',
  rotationUID: fields.ROTATION_UID,
  revision: Number(fields.API_KEY_REVISION),
});
