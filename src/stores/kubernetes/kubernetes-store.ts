import { CallError, NotBegunError } from '../../http/call-error.ts';
import type { KubeApi, ObjectRef } from '../../runtime/kube/kube-api.ts';
import { isNotFound } from '../../runtime/kube/kube-errors.ts';
import { secrets } from '../../runtime/kube/resources.ts';
import type { KeyStore, Publication, PublishedVersion, StoredValue } from '../port.ts';
import { assertSecretAccess } from './access-check.ts';
import { createReplacedKeys, MAX_PATH_LENGTH, SUFFIX } from './replaced-keys.ts';
import { decodeSecret, encodeFields, markerAnnotations, type Secret, TYPE } from './secret-data.ts';

/** What a KubernetesSecret store is made of. */
export interface KubernetesStoreOptions {
  readonly api: KubeApi;
  /** Where its Secrets are: the namespace of the KeyStore. */
  readonly namespace: string;
}

/**
 * Secrets of one namespace as a store: a path is the name of a Secret, the marker an annotation, resourceVersion the
 * compare-and-set token. They have no owner, so that they outlive the rotation; foreign labels and annotations stay. A key
 * that a publish replaces is kept in a second Secret (./replaced-keys.ts) for as long as its rotation runs.
 */
export function createKubernetesStore({ api, namespace }: KubernetesStoreOptions): KeyStore {
  const address = `kubernetes:${namespace}`;
  const refOf = (path: string): ObjectRef => ({ resource: secrets, namespace, name: secretName(path) });
  const replacedKeys = createReplacedKeys({ api, namespace });

  async function readSecret(path: string): Promise<Secret | undefined> {
    const secret = await api.get<Secret>(refOf(path)).catch(unnamed(path));
    if (secret && (secret.type ?? TYPE) !== TYPE) throw wrongType(path, secret.type);
    // Told before a key is issued for it; one that we wrote serves its readers, whoever made it immutable since.
    if (secret?.immutable && decodeSecret(secret).marker === undefined) throw immutable(path);
    return secret;
  }

  async function read(path: string): Promise<StoredValue | undefined> {
    const secret = await readSecret(path);
    return secret && { version: versionOf(secret), ...decodeSecret(secret) };
  }

  function publish(publication: Publication): Promise<PublishedVersion> {
    return publication.base.type === 'Absent' ? create(publication) : update(publication, publication.base.version);
  }

  async function create({ path, fields, marker }: Publication): Promise<PublishedVersion> {
    const metadata = { name: secretName(path), namespace, annotations: markerAnnotations(marker) };
    const body: Secret = { apiVersion: 'v1', kind: 'Secret', metadata, type: TYPE, data: encodeFields(fields) };
    return { version: versionOf(await api.create<Secret>(secrets, namespace, body)) };
  }

  /** The look before the write names the fields to drop; that it is still true is what resourceVersion guards. */
  async function update(publication: Publication, version: string): Promise<PublishedVersion> {
    const { path, fields, marker, replaces } = publication;
    // Before the Secret itself: see `keep`.
    const kept = replaces && (await replacedKeys.read(secretName(path)));
    const secret = await readSecret(path);
    if (!secret || versionOf(secret) !== version) throw changed(path);
    if (secret.immutable) throw immutable(path);
    if (replaces) await replacedKeys.keep(secretName(path), kept, replaces, marker);
    const dropped = Object.fromEntries(Object.keys(secret.data ?? {}).map((name) => [name, null]));
    const metadata = { resourceVersion: version, annotations: markerAnnotations(marker) };
    const patch = { metadata, data: { ...dropped, ...encodeFields(fields) } };
    const written = await api.mergePatch<Secret>(refOf(path), patch).catch((error: unknown) => {
      if (isNotFound(error)) throw changed(path);
      throw replaces ? begun(error) : error;
    });
    return { version: versionOf(written) };
  }

  const check = () => assertSecretAccess(api, namespace);

  /** Where a Role names Secrets, one that it leaves out is told before a key is issued for it. */
  function unnamed(path: string): (error: unknown) => never {
    return (error) => {
      if (!(error instanceof CallError && error.status === 403)) throw error;
      const role = `let its Role name ${path} and ${path}${SUFFIX} with get and patch`;
      const remedy = `name ${path} in rbac.targets of the chart, or set rbac.secretTargets; without the chart ${role}`;
      const message = `the operator may not get Secret ${namespace}/${path}: ${remedy}`;
      throw new CallError('denied', 'SecretAccessDenied', message, error);
    };
  }
  function wrongType(path: string, type: string | undefined): CallError {
    const remedy = 'name another Secret, or delete it and let it be made anew';
    const message = `Secret ${namespace}/${path} is of type ${type}, only ${TYPE} ones are used: ${remedy}`;
    return new CallError('refused', 'SecretTypeRefused', message);
  }
  function immutable(path: string): CallError {
    const message = `Secret ${namespace}/${path} is immutable: delete it and let it be made anew, or name another Secret`;
    return new CallError('refused', 'SecretImmutable', message);
  }
  function changed(path: string): CallError {
    const message = `Secret ${namespace}/${path} is not the version that was read; nothing was written`;
    return new CallError('conflict', 'SecretChanged', message, { status: 409 });
  }

  return {
    address,
    versionsNameValues: false,
    keepsVersions: false,
    read,
    publish,
    readReplaced: (path, { fingerprint }) => replacedKeys.find(secretName(path), fingerprint),
    forgetReplaced: (path, by) => replacedKeys.forget(secretName(path), by),
    check,
  };
}

/** The first half of the publish was done, and so leaves a trace in the audit. */
function begun(error: unknown): unknown {
  if (!(error instanceof NotBegunError)) return error;
  return new CallError(error.outcome, error.reason, error.message, error);
}

function versionOf({ metadata }: Secret): string {
  return metadata.resourceVersion ?? '';
}

function secretName(path: string): string {
  const isName = /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/.test(path) && !path.includes('..');
  if (isName && path.length <= MAX_PATH_LENGTH && !path.endsWith(SUFFIX)) return path;
  const rule = `it must be the name of a Secret: lower case letters, digits, \`-\` and \`.\`, at most ${MAX_PATH_LENGTH}`;
  const reserved = `and not end in ${SUFFIX}, which is for the keys that a publish replaces`;
  const message = `the path of a KubernetesSecret target will not do: ${rule}, ${reserved}`;
  throw new CallError('refused', 'InvalidPath', message);
}
