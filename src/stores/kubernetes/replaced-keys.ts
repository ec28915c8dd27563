import { CallError } from '../../http/call-error.ts';
import { type AttemptId, isOf } from '../../key/attempt-id.ts';
import { fingerprint } from '../../key/fingerprint.ts';
import type { Marker } from '../../key/marker.ts';
import type { SecretValue } from '../../key/secret-value.ts';
import type { KubeApi, ObjectRef } from '../../runtime/kube/kube-api.ts';
import { isNotFound } from '../../runtime/kube/kube-errors.ts';
import { secrets } from '../../runtime/kube/resources.ts';
import type { ReplacedKey } from '../port.ts';
import { decodeSecret, encodeFields, markerAnnotations, type Secret, TYPE } from './secret-data.ts';

/** Secret `<name>-previous` keeps what publishes replaced in Secret `<name>`. */
export const SUFFIX = '-previous';
/** Of `<name>`, so that both are names. */
export const MAX_PATH_LENGTH = 253 - SUFFIX.length;

/**
 * The keys that a running rotation has replaced, which Kubernetes would have forgotten: a field a key, named by its fingerprint.
 * The marker is that of the attempt which wrote last, and names the key that it added. More than one key stands there only after a roll
 * back, whose new key is the one that was replaced before: neither may be lost between the two writes of a publish.
 */
export interface ReplacedKeys {
  read(name: string): Promise<Secret | undefined>;
  /**
   * Adds a key, as a compare-and-set on `seen`. `seen` must have been read before the Secret that is replaced was seen unchanged:
   * then nothing that a later publish put there can be overwritten.
   */
  keep(name: string, seen: Secret | undefined, replaced: ReplacedKey, by: AttemptId): Promise<void>;
  find(name: string, print: string): Promise<SecretValue | undefined>;
  /** Empties it, unless a later revision wrote there; resolves with whether it did. To delete it would take the right to delete any Secret of the namespace. */
  forget(name: string, by: AttemptId): Promise<boolean>;
}

export function createReplacedKeys({ api, namespace }: { api: KubeApi; namespace: string }): ReplacedKeys {
  const refOf = (name: string): ObjectRef => ({ resource: secrets, namespace, name: name + SUFFIX });
  const read = (name: string) => api.get<Secret>(refOf(name));

  async function keep(name: string, seen: Secret | undefined, { keyID, key }: ReplacedKey, by: AttemptId) {
    const marker: Marker = { ...by, keyID };
    const data = encodeFields({ [fingerprint(key)]: key });
    if (!seen) return create(name, marker, data);
    const owner = ownerOf(seen);
    if (!owner || !mayWrite(seen, owner, by)) throw foreign(name);
    if (isOf(owner, by) && owner.revision > by.revision) throw outrun(name);
    if (owner.revision !== by.revision || !sameOrMore(seen.data, data)) await patch(name, seen, data, marker);
  }

  async function create(name: string, marker: Marker, data: Record<string, string>): Promise<void> {
    const metadata = { name: name + SUFFIX, namespace, annotations: markerAnnotations(marker) };
    await api.create<Secret>(secrets, namespace, { apiVersion: 'v1', kind: 'Secret', metadata, type: TYPE, data });
  }

  async function patch(
    name: string,
    { metadata: { resourceVersion } }: Secret,
    data: Record<string, string | null>,
    marker: Marker,
  ): Promise<void> {
    const metadata = { resourceVersion, annotations: markerAnnotations(marker) };
    await api.mergePatch<Secret>(refOf(name), { metadata, data }).catch((error: unknown) => {
      throw isNotFound(error) ? outrun(name) : error;
    });
  }

  async function forget(name: string, by: AttemptId): Promise<boolean> {
    const kept = await read(name);
    const owner = kept && ownerOf(kept);
    if (!owner || !isOf(owner, by) || owner.revision > by.revision || isEmpty(kept)) return false;
    const nothing = Object.fromEntries(Object.keys(kept.data ?? {}).map((field) => [field, null]));
    await patch(name, kept, nothing, { ...owner, keyID: '' });
    return true;
  }

  function foreign(name: string): CallError {
    const own = `${namespace}/${name}${SUFFIX}`;
    const remedy = `kubectl -n ${namespace} delete secret ${name}${SUFFIX} if nobody needs it, or choose another path`;
    const message = `Secret ${own} is needed to keep the key that is replaced in ${name}, and was not made for this rotation: ${remedy}`;
    return new CallError('refused', 'ForeignValue', message);
  }
  function outrun(name: string): CallError {
    const message = `Secret ${namespace}/${name}${SUFFIX} is not the version that was read; nothing was written`;
    return new CallError('conflict', 'SecretChanged', message, { status: 409 });
  }

  return {
    read,
    keep,
    forget,
    async find(name, print) {
      const kept = await read(name);
      // Anyone who may write Secrets may have written there: only the text that was asked for comes out.
      const key = kept && decodeSecret(kept).fields[print];
      return key && fingerprint(key) === print ? key : undefined;
    },
  };
}

function ownerOf(secret: Secret): Marker | undefined {
  return (secret.type ?? TYPE) === TYPE && !secret.immutable ? decodeSecret(secret).marker : undefined;
}

/** Ours, or one that another rotation has left empty. */
function mayWrite(secret: Secret, owner: Marker, by: AttemptId): boolean {
  return isOf(owner, by) || isEmpty(secret);
}

function isEmpty({ data = {} }: Secret): boolean {
  return Object.keys(data).length === 0;
}

function sameOrMore(data: Record<string, string> = {}, wanted: Record<string, string>): boolean {
  return Object.entries(wanted).every(([field, value]) => data[field] === value);
}
