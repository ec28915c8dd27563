import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { imageStart } from '../../scripts/image-start.ts';
import type { ClusterObject } from '../e2e/world/cluster.ts';
import type { World } from '../e2e/world/world.ts';
import { OPERATOR } from '../integration/documented-roles.ts';
import type { PodSpec, PodToRun } from './pod-root.ts';

const TOP = join(import.meta.dirname, '../..');

type Deployed = ClusterObject & { readonly spec: { readonly template: { readonly spec: PodSpec } } };

/** Makes a pod of the release that is installed in a world, which no node runs, with the image that the Dockerfile would make. */
export async function releasedPod(world: World, folder: string): Promise<PodToRun> {
  const path = `/apis/apps/v1/namespaces/${OPERATOR.namespace}/deployments/${OPERATOR.name}`;
  const deployed = await world.cluster.get<Deployed>(path);
  if (!deployed) throw new Error('the chart has no Deployment');
  const { spec } = deployed.spec.template;
  const name = `${OPERATOR.name}-0`;
  const metadata = { name, namespace: OPERATOR.namespace };
  await world.cluster.apply(JSON.stringify({ apiVersion: 'v1', kind: 'Pod', metadata, spec }));
  const app = join(folder, 'app');
  execFileSync(process.execPath, ['scripts/image-tree.ts', app], { cwd: TOP });
  return {
    ...world,
    namespace: OPERATOR.namespace,
    name,
    spec,
    app,
    folder,
    ...imageStart(),
  };
}
