import { secrets } from '../../../src/runtime/kube/resources.ts';
import { NAMESPACE, type World } from './world.ts';

/** Copies what a target serves into a Secret, so long after it has changed, as a syncer does. */
export function startSyncer(world: World, path: string, secret: string, lagMs: number): void {
  const { storage, scheduler, ledger } = world;
  const ref = { resource: secrets, namespace: NAMESPACE, name: secret };

  function copy(): void {
    const text = ledger.targets.get(path)?.text;
    if (text === undefined) return;
    const body = { data: { key: btoa(text) } };
    world.outside(() => {
      if (storage.find(ref)) storage.mergePatch(ref, body, 'object');
      else storage.create(secrets, NAMESPACE, { metadata: { name: secret }, ...body });
    });
  }

  world.onChange((what) => {
    if (what === path) scheduler.after(lagMs, copy);
  });
}
