import { until } from '../../../e2e/components/until.ts';
import type { Tenant } from '../../../e2e/world/tenant.ts';
import type { World } from '../../../e2e/world/world.ts';
import { declare, NAMES } from './declare.ts';

const ROTATION = NAMES.target;
const WORKLOADS = [
  { kind: 'Deployment', name: NAMES.deployment },
  { kind: 'StatefulSet', name: NAMES.statefulSet },
  { kind: 'DaemonSet', name: NAMES.daemonSet },
] as const;

/** A workload of each kind takes its key when its pod starts, from a Secret that is a target, and is restarted for it. */
export async function restarts(world: World, tenant: Tenant): Promise<void> {
  const consumers = WORKLOADS.map((workloadRef) => ({
    name: workloadRef.name,
    evidence: [{ type: 'Rollout' as const, rollout: { workloadRef, action: 'Restart' as const } }],
  }));
  await world.cluster.apply(secretStore(tenant.namespace));
  const target = { name: 'key', storeRef: { name: 'secrets' }, path: ROTATION };
  await declare(world, tenant, ROTATION, { consumers, targets: [target] });
  for (const workload of WORKLOADS) await world.cluster.apply(manifest(tenant.namespace, workload));
  await tenant.settled(ROTATION, 1);
  const pods = `/api/v1/namespaces/${tenant.namespace}/pods?labelSelector=${ROTATION}`;
  const areThere = async () => (await world.cluster.list(pods)).length >= WORKLOADS.length;
  await until(areThere, { what: 'a pod of each workload', timeoutMs: 60_000 });
  await tenant.rotate(ROTATION, 'two');
  await tenant.settled(ROTATION, 2, 120_000);
}

const secretStore = (namespace: string) => `
apiVersion: apikeyrotation.io/v1alpha1
kind: KeyStore
metadata: {name: secrets, namespace: ${namespace}}
spec: {type: KubernetesSecret}
`;

function manifest(namespace: string, { kind, name }: (typeof WORKLOADS)[number]): string {
  const labels = { app: name, [ROTATION]: 'yes' };
  const containers = [{ name: 'app', image: 'example.com/app:1', envFrom: [{ secretRef: { name: ROTATION } }] }];
  const template = { metadata: { labels }, spec: { automountServiceAccountToken: false, containers } };
  const governed = kind === 'StatefulSet' ? { serviceName: name } : {};
  const spec = { ...governed, selector: { matchLabels: { app: name } }, template };
  return JSON.stringify({ apiVersion: 'apps/v1', kind, metadata: { name, namespace }, spec });
}
