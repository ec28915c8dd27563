import type { LedgerEntry } from '../sandbox/apio/engine/types.ts';
import type { RotationStatus } from '../src/api/types.ts';
import type { ControlPlane } from '../test/e2e/components/control-plane.ts';
import type { Vault } from '../test/e2e/components/vault.ts';
import type { Rotation, TenantWorld } from '../test/e2e/world/tenant.ts';
import { startWorld, type WorldOperator } from '../test/e2e/world/world.ts';
import { collectionOf, type rotationOf } from './manifests.ts';
import { requestsAt } from './usage.ts';

/** What scenarios are played on: Kubernetes, a Vault and an issuing API, of which the first two are real ones or the sandbox's. */
export interface Ground extends TenantWorld {
  readonly plane: Pick<ControlPlane, 'url' | 'ca' | 'adminToken' | 'request'>;
  readonly vault: Pick<Vault, 'url' | 'rootToken' | 'request'>;
  /** Makes a rotation with a status that depends on its uid. */
  make(rotation: ReturnType<typeof rotationOf>, statusOf: (uid: string) => Promise<RotationStatus>): Promise<void>;
  /** Starts an operator; resolves when it serves. */
  operator(): Promise<Omit<WorldOperator, 'token'>>;
  /** How often Kubernetes was asked up to now for what rotations need, watches left out, as `VERB resource/subresource`. */
  requests(): Promise<Readonly<Record<string, number>>>;
  /** Ends everything. */
  close(): Promise<void>;
}

/** How a ground differs. */
export interface GroundOptions {
  /** Arguments of Node that start an operator. */
  readonly program: readonly string[];
  /** Told of every effect at the issuing API, within the call that has it. */
  readonly onEntry: (entry: LedgerEntry) => void;
}

/** Starts real components. */
export async function startReal(options: GroundOptions): Promise<Ground> {
  const world = await startWorld({ audited: false, ...options });
  return {
    ...world,
    make: (rotation, statusOf) => make(world.plane, rotation, statusOf),
    requests: () => requestsAt(world.plane),
  };
}

async function make(plane: Ground['plane'], ...[rotation, statusOf]: Parameters<Ground['make']>): Promise<void> {
  async function ask(method: string, path: string, object: object): Promise<Rotation> {
    const { status, body } = await plane.request(method, path, object);
    if (status >= 300) throw new Error(`${method} ${path}: ${status} ${JSON.stringify(body)}`);
    return body as Rotation;
  }
  const { namespace, name } = rotation.metadata;
  const made = await ask('POST', collectionOf(namespace), rotation);
  const status = await statusOf(made.metadata.uid ?? '');
  const path = `${collectionOf(namespace)}/${name}/status?fieldManager=apikey-rotation-operator`;
  await ask('PUT', path, { ...made, status });
}
