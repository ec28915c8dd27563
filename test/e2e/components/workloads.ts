import { writeFile } from 'node:fs/promises';
import type { ControlPlane } from './control-plane.ts';
import { freePort } from './free-port.ts';
import { programPath } from './locate.ts';
import { lastLines, type Program, startProgram } from './program.ts';
import { until } from './until.ts';

const NODE = 'kwok';
const capacity = { cpu: '1000', memory: '1Ti', pods: '10000' };
const node = {
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name: NODE, labels: { 'kubernetes.io/hostname': NODE } },
  status: { allocatable: capacity, capacity },
};

interface NodeObject {
  readonly spec: { readonly taints?: readonly object[] };
  readonly status: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

/** Starts controllers, a scheduler, and kwok as the kubelet of one node; resolves when pods can be placed there. */
export async function startWorkloads(
  { folder, kubeconfig, request }: Pick<ControlPlane, 'folder' | 'kubeconfig' | 'request'>,
  serviceAccountKeyFile: string,
): Promise<readonly Program[]> {
  const file = `${folder}/admin.kubeconfig`;
  await writeFile(file, kubeconfig(), { mode: 0o600 });
  const start = (name: 'kube-controller-manager' | 'kube-scheduler' | 'kwok', ...args: string[]) =>
    startProgram({ name, path: programPath(name), folder, args: [`--kubeconfig=${file}`, ...args] });
  const quiet = ['--leader-elect=false', '--secure-port=0'];
  const controllers = start(
    'kube-controller-manager',
    ...quiet,
    '--controllers=*',
    `--service-account-private-key-file=${serviceAccountKeyFile}`,
  );
  const scheduler = start('kube-scheduler', ...quiet);
  const kubelet = start(
    'kwok',
    '--manage-all-nodes=true',
    // A node that gives no sign of life for 50 s has its pods marked as not ready, and kwok never takes that back.
    '--node-lease-duration-seconds=40',
    `--server-address=127.0.0.1:${await freePort()}`,
  );
  await request('POST', '/api/v1/nodes', node);
  const isReady = async () => {
    const { spec, status } = (await request('GET', `/api/v1/nodes/${NODE}`)).body as NodeObject;
    // The controllers put a taint on a new node, and take it away when they have seen it ready.
    const ready = status.conditions?.some((condition) => condition.type === 'Ready' && condition.status === 'True');
    return ready && (spec.taints ?? []).length === 0;
  };
  await until(isReady, { what: 'a node for pods', timeoutMs: 60_000, last: () => lastLines(kubelet) });
  return [controllers, scheduler, kubelet];
}
