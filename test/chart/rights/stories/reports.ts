import { expect } from 'vitest';
import { until } from '../../../e2e/components/until.ts';
import { deploymentOf, type Job } from '../../../e2e/world/job.ts';
import { projectedToken, REPORT_AUDIENCE } from '../../../e2e/world/key-loader.ts';
import type { Scene } from '../../../e2e/world/scene.ts';
import { ROTATION, type Service, type ServiceOptions, startService } from '../../../e2e/world/service.ts';

const FROM = { type: 'Vault', path: 'api' } as const;
const JOB: Job = { rotation: ROTATION, consumer: 'api', from: FROM, callsPerSecond: 10 };

/** A namespace whose two pods report. */
export function startReporters(
  scene: Scene,
  namespace: string,
  tenant: ServiceOptions['tenant'] = {},
): Promise<Service> {
  return startService(scene, namespace, { from: FROM, consumers: { [JOB.consumer]: { replicas: 2 } }, tenant });
}

/** The key rotates; one of the pods goes, the other one goes back to the old key for a moment, and the key rotates again. */
export async function reports(scene: Scene, service: Service): Promise<void> {
  const { namespace } = service.tenant;
  await service.rotate('two');
  await scene.world.cluster.apply(deploymentOf(namespace, JOB, 1));
  const isAlone = () => scene.crew.containers(namespace).length === 1;
  await until(isAlone, { what: 'one pod to be left', timeoutMs: 30_000 });
  const { release } = await service.rotateUntilWaiting('three');
  await goBack(scene, service);
  release();
  await service.tenant.settled(ROTATION, 3);
}

/** A pod that reports the key that is to be revoked takes back what it may have reported before. */
async function goBack({ world, crew, operator }: Scene, { tenant }: Service): Promise<void> {
  const [container] = crew.containers(tenant.namespace);
  if (!container) throw new Error('one pod is left');
  const authorization = `Bearer ${await projectedToken(world, container.pod, REPORT_AUDIENCE)}`;
  const { fingerprint } = (await tenant.rotation(ROTATION))?.status?.current ?? {};
  const response = await fetch(
    `${operator.reportsURL}/v1/namespaces/${tenant.namespace}/rotations/${ROTATION}/reports`,
    {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/json' },
      body: JSON.stringify({ fingerprint }),
    },
  );
  expect(await response.json()).toMatchObject({ state: 'Superseded' });
}
