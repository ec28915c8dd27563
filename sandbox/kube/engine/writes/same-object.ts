import { type FieldError, invalid } from '../field-error.ts';
import { clone } from '../json.ts';
import type { KubeObject } from '../object.ts';
import { type ResourceDefinition, subjectOf } from '../resource.ts';
import { badRequest, conflict, invalidObject, StatusError, unparsable } from '../status.ts';
import type { Update } from './write-request.ts';

/** PUT takes a wrong uid for another object, a patch for an attempt to change it; /status does not look at it. */
function assertSameUid(
  definition: ResourceDefinition,
  { old, via, subresource }: Update,
  uid: string | undefined,
): void {
  const { name, namespace, uid: found } = old.metadata;
  if (!uid || uid === found) return;
  if (via === 'put') {
    const folder = definition.custom ? `${definition.group}/${definition.resource}` : definition.resource;
    const key = ['/registry', folder, ...(namespace ? [namespace] : []), name].join('/');
    const why = `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${found}`;
    const storage = `StorageError: invalid object, Code: 4, Key: ${key}, ResourceVersion: 0`;
    throw conflict(subjectOf(definition, name), `${storage}, AdditionalErrorMsg: ${why}`);
  }
  if (subresource !== undefined) return;
  const subject = { group: definition.group, resource: definition.kind, name };
  throw invalidObject(subject, twice([invalid('metadata.uid', uid, 'field is immutable')]));
}

/** The server looks at changes of metadata twice, for all kinds and for the one; its answer has the causes twice. */
export function twice(errors: FieldError[]): FieldError[] {
  return [...errors, ...errors];
}

/** Throws 400 for an object of another namespace than the path's. */
export function assertSameNamespace(given: string | undefined, wanted: string | undefined): void {
  if (!given || given === wanted) return;
  throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
}

/** Throws 400, 409 or 422 for a write that means another object, or another version of it. */
export function assertSameVersion(definition: ResourceDefinition, update: Update, object: KubeObject): void {
  const { old, via } = update;
  const { name, namespace, resourceVersion, uid } = object.metadata;
  const subject = subjectOf(definition, old.metadata.name);
  if (name !== old.metadata.name) {
    throw badRequest(`the name of the object (${name}) does not match the name on the URL (${old.metadata.name})`);
  }
  assertSameNamespace(namespace, old.metadata.namespace);
  assertSameUid(definition, update, uid);
  if (resourceVersion && !/^\d+$/.test(resourceVersion)) throw new StatusError(500, '', unparsable(resourceVersion));
  if (resourceVersion && resourceVersion !== old.metadata.resourceVersion) throw conflict(subject);
  if (!resourceVersion && via === 'put' && !definition.unconditionalUpdate) {
    const message = 'Invalid value: 0: must be specified for an update';
    const error = { ...invalid('metadata.resourceVersion', 0, ''), message };
    throw invalidObject(subject, [error]);
  }
}

/** Keeps what clients cannot write. */
export function keepServerFields(object: KubeObject, old: KubeObject): void {
  const { name, namespace, uid, creationTimestamp, resourceVersion, generation } = old.metadata;
  const { deletionTimestamp, deletionGracePeriodSeconds } = old.metadata;
  const kept = { name, uid, creationTimestamp, resourceVersion, generation, namespace };
  object.metadata = clone({ ...object.metadata, ...kept, deletionTimestamp, deletionGracePeriodSeconds });
}
