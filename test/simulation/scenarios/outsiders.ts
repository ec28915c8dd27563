import { rotations } from '../../../src/api/resources.ts';
import { formatMarker, type Marker } from '../../../src/key/marker.ts';
import { secrets } from '../../../src/runtime/kube/resources.ts';
import { MARKER_ANNOTATION } from '../../../src/stores/kubernetes/secret-data.ts';
import { MARKER_FIELD } from '../../../src/stores/vault/vault-fields.ts';
import { NAME, NAMESPACE } from '../kernel/world.ts';
import { OUTSIDE } from '../ledger/ledger.ts';
import type { Stage } from './stage.ts';

/** Somebody writes a value behind our back, as if it had this marker. */
export function writeOutside(
  { world }: Stage,
  path: string,
  fields: Readonly<Record<string, string>>,
  marker?: Marker,
): void {
  const { mount, setting, outside } = world;
  const marked = marker ? { [MARKER_FIELD]: formatMarker(marker) } : {};
  if (setting.store === 'Vault') outside(() => mount.write(path, { data: { ...fields, ...marked } }));
  else outside(() => writeSecret(world, path, fields, marker));
}

function writeSecret({ storage }: Stage['world'], path: string, fields: object, marker: Marker | undefined): void {
  const ref = { resource: secrets, namespace: NAMESPACE, name: path };
  const data = Object.fromEntries(
    Object.entries(fields).map(([name, text]) => [name, Buffer.from(text).toString('base64')]),
  );
  const metadata = {
    name: path,
    namespace: NAMESPACE,
    annotations: marker ? { [MARKER_ANNOTATION]: formatMarker(marker) } : {},
  };
  const body = { metadata, type: 'Opaque', data };
  if (storage.find(ref)) storage.replace(ref, body, 'object');
  else storage.create(secrets, NAMESPACE, body);
}

/** Somebody removes a value with all its history. */
export function wipe({ world: { mount, storage, setting, outside, ledger } }: Stage, path: string): void {
  const ref = { resource: secrets, namespace: NAMESPACE, name: path };
  if (!ledger.targets.has(path)) return;
  if (setting.store === 'Vault') outside(() => mount.deleteMetadata(path));
  else outside(() => storage.delete(ref));
}

/** Somebody removes what a store still has of the first key at a path, which serves another one now. */
export function destroyOld(stage: Stage, path: string): void {
  const { mount, setting, outside } = stage.world;
  if (setting.store === 'Vault') outside(() => mount.destroy(path, [1]));
  else wipe(stage, `${path}-previous`);
}

/** A key that people made by hand, without any label of ours. */
export function issueByHand({ world: { apio, outside } }: Stage, label?: string) {
  const manager = apio.keys.find((key) => key.manager);
  if (!manager) throw new Error('the world has a manager');
  const request = { organization: 'acme', environment: 'Live', permissions: ['payments:read'], label };
  return outside(() => apio.issue(manager, request, undefined).key);
}

/** The issuer lets a key end at this moment. */
export function expire({ world: { apio, ledger } }: Stage, keyID: string): void {
  const key = apio.keys.find(({ id }) => id === keyID);
  const known = ledger.keys.get(keyID);
  if (key) Object.assign(key, { expiresAt: apio.now() });
  if (known) ledger.add(OUTSIDE, { type: 'Died', key: known, how: 'Expired' });
}

/** Somebody puts the object as it is aside. */
export function backUp(stage: Stage): void {
  stage.backup = stage.world.storage.find({ resource: rotations, namespace: NAMESPACE, name: NAME });
}

/** Kubernetes gets back what was put aside, over what stands there. */
export function restore({ world: { storage, outside }, backup }: Stage): void {
  const ref = { resource: rotations, namespace: NAMESPACE, name: NAME };
  if (backup) outside(() => storage.restore(ref, backup));
}

/** From now on a syncer copies what a target serves to another place, this much later. */
export function copyLate(
  { world: { scheduler, ledger, onChange } }: Stage,
  from: string,
  to: string,
  lagMs: number,
): void {
  onChange((what) => {
    const after = ledger.targets.get(from);
    if (what !== from) return;
    scheduler.after(lagMs, () =>
      ledger.add(OUTSIDE, { type: 'TargetWritten', path: to, before: ledger.targets.get(to), after }),
    );
  });
}
