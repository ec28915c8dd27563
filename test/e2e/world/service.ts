import { until } from '../components/until.ts';
import { liveKeys } from './issued-keys.ts';
import { deploymentOf, type KeySource } from './job.ts';
import { type RotationTarget, rotationManifest } from './rotation-manifest.ts';
import type { Scene } from './scene.ts';
import { createTenant, type Rotation, type Tenant, type TenantOptions } from './tenant.ts';
import { admitReaders } from './vault-access.ts';

/** A namespace with rotations, whose consumers are Deployments that call all the time. */
export interface Service {
  readonly tenant: Tenant;
  /** Asks for a rotation, and resolves when it rests again. */
  rotate(token: string, timeoutMs?: number): Promise<Rotation>;
  /** Asks for a rotation, and resolves when its key is published while the consumers are held. */
  rotateUntilWaiting(token: string): Promise<{ readonly release: () => void }>;
  /** Resolves when a key is published and its consumers are waited for. */
  waiting(): Promise<Rotation>;
  /** Live keys of the namespace, in the order of issue. */
  liveKeys(): readonly string[];
  /** Resolves when so many pods make calls. */
  calling(pods: number): Promise<void>;
}

/** How a service differs from the usual one: one rotation, two Deployments of two pods, a path of Vault. */
export interface ServiceOptions {
  readonly consumers?: Readonly<Record<string, ConsumerOptions>>;
  readonly from?: KeySource;
  readonly callsPerSecond?: number;
  readonly deletionPolicy?: 'Retain' | 'Revoke';
  readonly gracePeriod?: string;
  readonly tenant?: Omit<TenantOptions, 'accounts' | 'secretTargets'>;
}

/** One consumer. */
export interface ConsumerOptions {
  readonly replicas: number;
  /** A proof beside the reports. */
  readonly proves?: boolean;
}

/** The name of the rotation of a service. */
export const ROTATION = 'key';

/** Prepares the namespace, declares the rotation, and resolves when all pods call with the first key. */
export async function startService(scene: Scene, namespace: string, options: ServiceOptions = {}): Promise<Service> {
  const { consumers = { api: { replicas: 2 }, ledger: { replicas: 2 } }, callsPerSecond = 10 } = options;
  const { from = { type: 'Vault', path: 'api' } } = options;
  const { world, crew } = scene;
  const accounts = Object.keys(consumers);
  const secretTargets = from.type === 'Secret';
  const tenant = await createTenant(world, namespace, { ...options.tenant, accounts, secretTargets });
  await admitReaders(world.vault, namespace);
  const { deletionPolicy = 'Retain', gracePeriod = '1s' } = options;
  const wish = { namespace, name: ROTATION, target: targetOf(namespace, from), consumers, deletionPolicy, gracePeriod };
  await world.cluster.apply(rotationManifest(wish));
  for (const [consumer, { replicas }] of Object.entries(consumers)) {
    await world.cluster.apply(
      deploymentOf(namespace, { rotation: ROTATION, consumer, from, callsPerSecond }, replicas),
    );
  }
  const service: Service = {
    tenant,
    async rotate(token, timeoutMs) {
      const before = await tenant.settled(ROTATION);
      await tenant.rotate(ROTATION, token);
      return tenant.settled(ROTATION, (before.status?.revision ?? 0) + 1, timeoutMs);
    },
    async rotateUntilWaiting(token) {
      const release = crew.hold({ namespace });
      await tenant.rotate(ROTATION, token);
      await service.waiting();
      return { release };
    },
    waiting: () =>
      tenant.until(ROTATION, 'a wait for consumers', ({ status }) => status?.rotation?.publishedAt !== undefined),
    liveKeys: () => liveKeys(world.apio, namespace).map(({ id }) => id),
    async calling(pods) {
      const call = () =>
        crew.containers(namespace).filter(({ tally }) => tally().calls > tally().failed).length === pods;
      await until(call, { what: `calls of ${pods} pods of ${namespace}`, timeoutMs: 60_000 });
    },
  };
  await tenant.settled(ROTATION, 1);
  await service.calling(Object.values(consumers).reduce((sum, { replicas }) => sum + replicas, 0));
  return service;
}

function targetOf(namespace: string, from: KeySource): RotationTarget {
  return from.type === 'Vault'
    ? { store: 'vault', path: `${namespace}/${from.path}` }
    : { store: 'secrets', path: from.name };
}
