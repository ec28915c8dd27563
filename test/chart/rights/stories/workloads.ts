import { until } from '../../../e2e/components/until.ts';
import type { Tenant } from '../../../e2e/world/tenant.ts';
import type { World } from '../../../e2e/world/world.ts';
import { NAMES } from './declare.ts';

/** One of each kind, with a pod each. */
export const WORKLOADS = [
  { kind: 'Deployment', name: NAMES.deployment },
  { kind: 'StatefulSet', name: NAMES.statefulSet },
  { kind: 'DaemonSet', name: NAMES.daemonSet },
] as const;
type Workload = (typeof WORKLOADS)[number];

/** Starts them, to take all that stands in a Secret as their environment; resolves when their pods are there. */
export async function startWorkloads({ cluster }: World, { namespace }: Tenant, secretName: string): Promise<void> {
  for (const workload of WORKLOADS) await cluster.apply(manifest(namespace, workload, secretName));
  const pods = `/api/v1/namespaces/${namespace}/pods?labelSelector=${LABEL}`;
  const areThere = async () => (await cluster.list(pods)).length >= WORKLOADS.length;
  await until(areThere, { what: 'a pod of each workload', timeoutMs: 60_000 });
}

/** As `kubectl rollout restart` does it. */
export async function restartWorkloads({ cluster }: World, { namespace }: Tenant): Promise<void> {
  const template = { metadata: { annotations: { 'kubectl.kubernetes.io/restartedAt': new Date().toISOString() } } };
  for (const { kind, name } of WORKLOADS)
    await cluster.patch(`/apis/apps/v1/namespaces/${namespace}/${kind.toLowerCase()}s/${name}`, { spec: { template } });
}

const LABEL = 'of-workloads';

function manifest(namespace: string, { kind, name }: Workload, secretName: string): string {
  const labels = { app: name, [LABEL]: 'yes' };
  const containers = [{ name: 'app', image: 'example.com/app:1', envFrom: [{ secretRef: { name: secretName } }] }];
  const template = { metadata: { labels }, spec: { automountServiceAccountToken: false, containers } };
  const governed = kind === 'StatefulSet' ? { serviceName: name } : {};
  const spec = { ...governed, selector: { matchLabels: { app: name } }, template };
  return JSON.stringify({ apiVersion: 'apps/v1', kind, metadata: { name, namespace }, spec });
}
