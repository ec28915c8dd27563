import type { TestProject } from 'vitest/node';
import { buildComponents } from './build.ts';
import { startControlPlane } from './control-plane.ts';
import { startMoto } from './moto.ts';
import type { SharedComponents } from './shared.ts';
import { KUBERNETES_AUTH, startVault } from './vault.ts';

/**
 * Before any test: everything that the tests start is there, or the run ends with what to install; and the components that
 * tests share are up, until the last test is over.
 */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  await buildComponents((line) => console.log(line));
  const started = new AsyncDisposableStack();
  try {
    const plane = await startControlPlane();
    started.defer(() => plane.stop());
    const vault = await startVault({ plugins: [KUBERNETES_AUTH] });
    started.defer(() => vault.stop());
    const moto = await startMoto();
    started.defer(() => moto.stop());
    const { url, ca, adminToken, serviceAccountPublicKey, etcd } = plane;
    const real: SharedComponents = {
      kube: { url, ca, adminToken, serviceAccountPublicKey, etcdURL: etcd.url },
      vault: { url: vault.url, rootToken: vault.rootToken },
      moto: { url: moto.url },
    };
    project.provide('real', real);
  } catch (error) {
    await started.disposeAsync();
    throw error;
  }
  return () => started.disposeAsync();
}
