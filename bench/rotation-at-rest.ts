import type { RecordedKey, RotationStatus } from '../src/api/types.ts';
import { formatAttemptId } from '../src/key/attempt-id.ts';
import { fingerprint } from '../src/key/fingerprint.ts';
import { formatMarker } from '../src/key/marker.ts';
import { SecretValue } from '../src/key/secret-value.ts';
import { createTenant } from '../test/e2e/world/tenant.ts';
import type { FollowedRotations } from './followed-rotations.ts';
import type { Ground } from './ground.ts';
import { rotationOf } from './manifests.ts';
import type { Team } from './teams.ts';

/** A rotation that the operator gave its first key, and that rests. */
export interface Sample {
  readonly finalizers: readonly string[];
  readonly status: RotationStatus & { readonly current: RecordedKey };
}

/** Lets an operator give one rotation its first key, in a namespace of its own. */
export async function firstRotation(world: Ground, followed: FollowedRotations): Promise<Sample> {
  const [namespace, name] = ['sample', 'key'];
  const rested = Promise.withResolvers<Sample>();
  const stop = followed.onChange(({ metadata, status }) => {
    const { finalizers = [] } = metadata as { readonly finalizers?: readonly string[] };
    if (metadata.namespace !== namespace || !status?.current || status.rotation) return;
    rested.resolve({ finalizers, status: { ...status, current: status.current } });
  });
  await createTenant(world, namespace);
  await world.cluster.apply(JSON.stringify(rotationOf(namespace, name)));
  const operator = await world.operator();
  const sample = await rested.promise;
  stop();
  await operator.stop(30_000);
  return sample;
}

/**
 * Makes a rotation that looks as if the operator had given it its first key, at the issuer, in Vault and in its status, without the
 * calls that this takes. Were anything amiss, the operator would mend it: it shows in the mutating requests at rest.
 */
export async function putAtRest(world: Ground, sample: Sample, team: Team, name: string): Promise<void> {
  const { namespace } = team;
  const manifest = rotationOf(namespace, name);
  const metadata = { ...manifest.metadata, finalizers: sample.finalizers };
  await world.make({ ...manifest, metadata }, async (uid) => {
    const issued = issue(world, sample, team, uid);
    const stored = await publish(world, sample, team, { uid, name, ...issued });
    return statusOf(sample, team, { name, ...issued, ...stored });
  });
}

/** A key at the issuing API, labelled as the operator labels it. */
function issue({ apio }: Ground, { status }: Sample, { manager, namespace }: Team, uid: string) {
  const { installation = '', current } = status;
  const { revision = 1, attempt = 1, environment = '', permissions = [] } = current;
  const label = formatAttemptId({ installation, uid, revision, attempt });
  const { key } = apio.issue(manager, { organization: namespace, environment, permissions, label }, label);
  return { keyID: key.id, text: key.text };
}

interface Issued {
  readonly name: string;
  readonly keyID: string;
  readonly text: string;
}

/** Its version in Vault, with the operator's marker. */
async function publish(
  { vault }: Ground,
  { status: { installation = '', current } }: Sample,
  { namespace }: Team,
  { uid, name, keyID, text }: Issued & { readonly uid: string },
) {
  const { revision = 1, attempt = 1 } = current;
  const marker = formatMarker({ installation, uid, revision, attempt, keyID });
  const data = {
    APIKEYROTATION_MARKER: marker,
    API_KEY: text,
    API_KEY_ID: keyID,
    API_KEY_REVISION: String(revision),
    ROTATION_UID: uid,
  };
  const path = `secret/data/${namespace}/${name}`;
  const { status, body } = await vault.request('POST', path, { data, options: { cas: 0 } });
  if (status >= 300) throw new Error(`Vault answered ${status} to POST ${path}`);
  const { version, created_time } = (body as { data: { version: number; created_time: string } }).data;
  return { version: String(version), createdTime: created_time };
}

/** The sample's, with the names and ids of this one. */
function statusOf(
  { status }: Sample,
  { namespace, issuer, storeUID }: Team,
  { name, keyID, text, version, createdTime }: Issued & { readonly version: string; readonly createdTime: string },
): RotationStatus {
  const { current } = status;
  const place = { path: `${namespace}/${name}`, storeUID, version, createdTime };
  return {
    ...status,
    current: {
      ...current,
      keyID,
      fingerprint: fingerprint(new SecretValue(text)),
      organization: namespace,
      issuer: { ...current.issuer, ...issuer },
      targets: current.targets.map((target) => ({ ...target, ...place })),
    },
    history: (status.history ?? []).map((entry) => ({ ...entry, keyID })),
  };
}
