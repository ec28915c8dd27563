import type { MigrationReport, RotationStatus } from '../../../src/api/types.ts';
import type { IssuerCapabilities } from '../../../src/issuers/port.ts';
import { admissionPolicies, admissionPolicyBindings } from '../../../src/runtime/kube/resources.ts';
import { APIO, issueAs } from '../../doubles/memory-issuing.ts';
import { reportPolicy } from '../../doubles/report-policy.ts';
import { MOUNT, NAMESPACE } from './places.ts';
import { OBJECT, type Story } from './story.ts';
import { INSTALLATION, PATH, type World } from './world.ts';

/** Deletes the object as a person does. */
export function deleteRotation({ world }: Story): void {
  world.kube.delete(OBJECT);
}

/** Deletes the object without its finalizer, as an impatient person does: the operator only learns that it is gone. */
export function forceDelete(story: Story): void {
  story.world.kube.patch(OBJECT, { type: 'merge', body: { metadata: { finalizers: null } } });
  deleteRotation(story);
}

/** Deletes the issuer object and makes it again under its name, as a Helm reinstall does. */
export async function recreateIssuer({ world }: Story): Promise<void> {
  const ref = { resource: 'apikeyissuers.apikeyrotation.io', namespace: NAMESPACE, name: 'apio' };
  const { apiVersion, kind, spec } = world.kube.get(ref);
  world.kube.delete(ref);
  await world.clock.advance(1_000);
  const { name, ...collection } = ref;
  world.kube.create(collection, JSON.parse(JSON.stringify({ apiVersion, kind, metadata: { name }, spec })));
}

/** Puts an earlier status back, as a restored backup of etcd does. */
export function restore({ world }: Story, status: RotationStatus): void {
  const { status: _, ...object } = world.rotation() ?? {};
  world.kube.update({ ...OBJECT, subresource: 'status' }, JSON.parse(JSON.stringify({ ...object, status })));
}

/** A second key is published, then the status from before it is restored, as from a backup; until that is noticed. */
export async function stepBack(
  story: Story,
): Promise<{ readonly first: string | undefined; readonly second: string | undefined }> {
  await story.firstKey();
  const old = story.status();
  const first = story.serves();
  story.annotate({ rotate: 'a' });
  await story.until(({ rotation }) => !!rotation?.publishedAt);
  const second = story.serves();
  restore(story, { ...old, lastHandled: {} });
  await story.until(({ conditions }) => !!conditions?.some(({ reason }) => reason === 'StateRegression'));
  return { first, second };
}

/** Writes a value at a path, as somebody else does. */
export function writeOutside({ vault }: World, path: string, data: Record<string, string>): void {
  const reply = vault.handle({
    method: 'POST',
    path: `${MOUNT}/data/${path}`,
    token: vault.createToken(),
    body: { data },
  });
  if (reply.type !== 'Answered' || reply.answer.status !== 200) throw new Error(`nothing was written to ${path}`);
}

/** Makes a Secret as somebody else does. */
export function writeSecretOutside({ kube }: World, name: string, fields: Record<string, string>): void {
  const data = Object.fromEntries(
    Object.entries(fields).map(([key, text]) => [key, Buffer.from(text).toString('base64')]),
  );
  kube.create(
    { resource: 'secrets', namespace: NAMESPACE },
    { apiVersion: 'v1', kind: 'Secret', metadata: { name }, data },
  );
}

/** A key that people made by hand, without any label. */
export function issueByHand({ apio }: World) {
  const manager = apio.keys.find((key) => key.manager);
  if (!manager) throw new Error('the world has a manager');
  const request = { organization: 'acme', environment: 'Live', permissions: ['payments:read'], label: undefined };
  return apio.issue(manager, request, undefined).key;
}

/** A key that people made stands at the Vault target when the object is made; until it is adopted. Answers it. */
export async function adoptFound(story: Story) {
  const found = issueByHand(story.world);
  writeOutside(story.world, PATH, { key: found.text });
  story.create();
  await story.until(({ current }) => current !== undefined);
  return found;
}

/** The issuer carries out, long after, an issue call of ours that nobody heard of again. Answers the id of the key. */
export function executeLate(
  { world }: Story,
  attempt: string,
  {
    capabilities = APIO,
    installation = INSTALLATION,
  }: { capabilities?: IssuerCapabilities; installation?: string } = {},
): string {
  const manager = world.apio.keys.find((key) => key.manager);
  if (!manager) throw new Error('the world has a manager');
  const label = `${installation}/${world.rotation()?.metadata.uid}/${attempt}`;
  const request = { organization: 'acme', environment: 'Live', permissions: ['payments:read'], label };
  return issueAs(capabilities, world.apio, manager, request).key.id;
}

/** Somebody removes the value of the Vault target with all its history. */
export function wipe({ vault }: World): void {
  vault.handle({ method: 'DELETE', path: `${MOUNT}/metadata/${PATH}`, token: vault.createToken() });
}

/** An administrator applies config/report-policy.yaml; `generation`: as often as it was something else, or so, in between. */
export function applyPolicy({ world: { policies, clock } }: Story, generation = 1): void {
  const { policy, binding } = reportPolicy(new Date(clock.now()).toISOString());
  const changed = { ...policy, metadata: { ...policy.metadata, generation } };
  policies.set(admissionPolicies.plural, changed).set(admissionPolicyBindings.plural, binding);
}

/** Somebody approves what a consumer waits for, or something else. */
export function approve({ world }: Story, consumer: string, change: Partial<MigrationReport['spec']> = {}): void {
  const { metadata, status } = world.rotation() ?? {};
  const uid = metadata?.uid ?? '';
  const spec = {
    rotationRef: { name: OBJECT.name, uid },
    revision: status?.revision ?? 0,
    consumer,
    type: 'Approval',
    fingerprint: status?.rotation?.newKey?.fingerprint ?? '',
    reporter: { username: 'alice' },
    ...change,
  };
  const labels = { 'apikeyrotation.io/rotation-uid': uid, 'apikeyrotation.io/consumer': consumer };
  world.kube.create(
    { resource: 'migrationreports.apikeyrotation.io', namespace: NAMESPACE },
    JSON.parse(
      JSON.stringify({
        apiVersion: 'apikeyrotation.io/v1alpha1',
        kind: 'MigrationReport',
        metadata: { generateName: 'apio-', labels },
        spec,
      }),
    ),
  );
}
