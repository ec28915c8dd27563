import { goTypeError, objectMetaSchema } from './built-in-schemas.ts';
import { type FieldError, invalid } from './field-error.ts';
import { asObject, clone, equal, type Json } from './json.ts';
import { assertDecodable, loneFinalizers, nameSuffix, validateFinalizerChange, validateMetadata } from './metadata.ts';
import { type KubeObject, type ObjectMeta, timestamp, toObject } from './object.ts';
import { type ResourceDefinition, subjectOf, typeMetaOf } from './resource.ts';
import type { CelRules } from './schema/cel-rules.ts';
import { applyDefaults, prune } from './schema/prune.ts';
import { hasRules } from './schema/schema.ts';
import { validate } from './schema/validate.ts';
import { badRequest, conflict, invalidObject, StatusError, unparsable } from './status.ts';

/** What writes need from outside. */
export interface AdmissionDeps {
  now: () => number;
  uuid: () => string;
  random: () => number;
  rules: CelRules;
}

/** How a write treats fields that the schema does not know, and whether it takes effect. */
export interface WriteOptions {
  fieldValidation?: 'Strict' | 'Warn' | 'Ignore' | undefined;
  dryRun?: boolean | undefined;
  /** The paths of fields that the text of the body had more than once. */
  duplicates?: string[] | undefined;
  /** Told of unknown fields under Warn, the default. */
  warn?: ((message: string) => void) | undefined;
}

/** A write to an existing object; `via` tells patches, which may leave out what PUT must name. */
interface Update {
  old: KubeObject;
  body: Json;
  via: 'put' | 'patch';
  subresource?: string | undefined;
}

/** Turns request bodies into the objects to store, or throws the StatusError that an API server answers. */
export interface Admission {
  create(definition: ResourceDefinition, namespace: string | undefined, body: Json, options: WriteOptions): KubeObject;
  /** Returns the old object itself when nothing changes. */
  update(definition: ResourceDefinition, update: Update, options: WriteOptions): KubeObject;
}

const uncheckedRules = invalid(
  '<nil>',
  null,
  'some validation rules were not checked because the object was invalid; correct the existing errors to complete validation',
);

/** Throws 400 for an object that the Go type of a built-in kind cannot hold. */
function assertConvertible(definition: ResourceDefinition, { apiVersion, kind }: KubeObject): void {
  const wanted = typeMetaOf(definition);
  if (apiVersion === wanted.apiVersion && kind === wanted.kind) return;
  const [version = '', group] = apiVersion.split('/').reverse();
  const internal = (definition.group.split('.')[0] ?? '') || 'core';
  const isKnown = apiVersion === wanted.apiVersion;
  const why = isKnown
    ? `converting (v1.${kind}) to (${internal}.${wanted.kind}): unknown conversion`
    : `no kind "${kind}" is registered for version "${apiVersion}" in scheme "pkg/runtime/scheme.go:111"`;
  const shown = group === undefined ? version : apiVersion;
  throw badRequest(`${kind} in version "${isKnown ? version : shown}" cannot be handled as a ${wanted.kind}: ${why}`);
}

/** Built-in kinds may leave out apiVersion and kind, as the path says them; typed clients do. */
function decode(definition: ResourceDefinition, body: Json, { warn }: WriteOptions): KubeObject {
  const implied = definition.custom ? {} : typeMetaOf(definition);
  const object = toObject({ ...implied, ...asObject(clone(body)) });
  if (!object) throw badRequest('Object \'Kind\' is missing in the request body, or "apiVersion" is');
  const { apiVersion, kind } = typeMetaOf(definition);
  if (!definition.custom) assertConvertible(definition, object);
  if (object.apiVersion !== apiVersion) {
    for (const name of Object.keys(object).sort()) {
      if (!/^(apiVersion|kind|metadata)$/.test(name)) warn?.(`unknown field "${name}"`);
    }
    const data = `the API version in the data (${object.apiVersion})`;
    throw badRequest(`${data} does not match the expected API version (${apiVersion})`);
  }
  if (object.kind !== kind) {
    const subject = { group: definition.group, resource: object.kind, name: object.metadata.name };
    throw invalidObject(subject, [invalid('kind', object.kind, `must be ${kind}`)]);
  }
  assertDecodable(object.metadata, definition);
  const { managedFields: _managed, selfLink: _link, ...metadata } = object.metadata;
  for (const name of ['labels', 'annotations', 'finalizers', 'ownerReferences']) {
    if (Object.keys(metadata[name] ?? {}).length === 0) delete metadata[name];
  }
  return { ...object, metadata };
}

/** The part of an object whose change counts as a new generation. */
function specOf(object: KubeObject, hasStatus: boolean): Json {
  const { metadata: _metadata, status, ...rest } = object;
  return hasStatus || status === undefined ? rest : { ...rest, status };
}

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
function twice(errors: FieldError[]): FieldError[] {
  return [...errors, ...errors];
}

const wrongNamespace = 'the namespace of the provided object does not match the namespace sent on the request';

function assertSameVersion(definition: ResourceDefinition, update: Update, object: KubeObject): void {
  const { old, via } = update;
  const { name, namespace, resourceVersion, uid } = object.metadata;
  const subject = subjectOf(definition, old.metadata.name);
  if (name !== old.metadata.name) {
    throw badRequest(`the name of the object (${name}) does not match the name on the URL (${old.metadata.name})`);
  }
  if (namespace && namespace !== old.metadata.namespace) throw badRequest(wrongNamespace);
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
function keepServerFields(object: KubeObject, old: KubeObject): void {
  const { name, namespace, uid, creationTimestamp, resourceVersion, generation } = old.metadata;
  const { deletionTimestamp, deletionGracePeriodSeconds } = old.metadata;
  const kept = { name, uid, creationTimestamp, resourceVersion, generation, namespace };
  object.metadata = clone({ ...object.metadata, ...kept, deletionTimestamp, deletionGracePeriodSeconds });
}

/** An object that cannot be decoded is a bad request, but where it comes from a patch the patch is invalid. */
function asDecoded(isPatch: boolean, object: KubeObject, decodeAll: () => void): void {
  try {
    decodeAll();
  } catch (error) {
    if (!isPatch || !(error instanceof StatusError) || error.code !== 400) throw error;
    const why = error.message.replace(/^.*? cannot be handled as an? \w+: /, '');
    throw invalidObject({ group: '', resource: '', name: '' }, [invalid('patch', JSON.stringify(object), why)]);
  }
}

/** At /status messages, but not fields, are worded from the status on. */
function withinStatus(error: FieldError): FieldError {
  const message = error.message.replace(`${error.field} in body`, `${error.field.replace(/^status\.?/, '')} in body`);
  return { ...error, message };
}

/** Where the server names nothing, nothing has a name. */
export function withoutName({ name: _name, ...rest }: ObjectMeta): ObjectMeta {
  return rest as ObjectMeta;
}

/** Creates the write path shared by all resources. */
export function createAdmission({ now, uuid, random, rules }: AdmissionDeps): Admission {
  const refuseFields = (definition: ResourceDefinition, problems: string[], update: boolean, object: KubeObject) => {
    const error = `strict decoding error: ${problems.join(', ')}`;
    if (update) {
      throw invalidObject({ group: '', resource: '', name: '' }, [invalid('patch', JSON.stringify(object), error)]);
    }
    const { kind, version } = definition;
    throw badRequest(`${kind} in version "${version}" cannot be handled as a ${kind}: ${error}`);
  };

  const normalise = (
    definition: ResourceDefinition,
    object: KubeObject,
    options: WriteOptions,
    update?: Update,
  ): void => {
    const submitted = clone(object);
    const unknown = [...prune(object.metadata, objectMetaSchema, 'metadata'), ...prune(object, definition.schema)];
    const problems = [
      ...(options.duplicates ?? []).map((path) => `duplicate field "${path}"`),
      ...(definition.custom ? unknown.sort() : unknown).map((path) => `unknown field "${path}"`),
    ];
    const isPatch = update?.via === 'patch';
    if (problems.length > 0 && options.fieldValidation === 'Strict')
      refuseFields(definition, problems, isPatch, submitted);
    if (options.fieldValidation !== 'Ignore') for (const problem of problems) options.warn?.(problem);
    applyDefaults(object, definition.schema);
    asDecoded(isPatch, submitted, () => definition.complete?.(object, update?.old));
  };

  const assertValid = (
    definition: ResourceDefinition,
    object: KubeObject,
    options: WriteOptions,
    { old, subresource }: Partial<Update> = {},
  ): void => {
    const { kind, group, version, schema, custom } = definition;
    const ofAll = validate(object, schema, '', old);
    const ofSchema = subresource === 'status' ? ofAll.map(withinStatus) : ofAll;
    const [undecodable] = ofSchema;
    if (undecodable && !custom) {
      const why = goTypeError(object, schema, undecodable.field) ?? `${undecodable.field}: ${undecodable.message}`;
      throw badRequest(`${kind} in version "${version}" cannot be handled as a ${kind}: ${why}`);
    }
    const ofMetadata = definition.stored ? validateMetadata(object, definition, old) : [];
    const ofShape = [...ofMetadata, ...ofSchema];
    const blocked = ofShape.some((error) => error.blocking);
    const ofRules = custom && !blocked ? rules.check(object, schema, old, options.warn) : [];
    const errors: FieldError[] = [
      ...ofShape,
      ...(old ? twice(validateFinalizerChange(object.metadata, old.metadata)) : []),
      ...(blocked && hasRules(schema) ? [uncheckedRules] : ofRules),
      ...(definition.check?.(object, old) ?? []),
    ];
    if (errors.length === 0) for (const warning of definition.warnings?.(object) ?? []) options.warn?.(warning);
    for (const name of custom ? loneFinalizers(object.metadata) : []) {
      if (old?.metadata.finalizers?.includes(name)) continue;
      const advice =
        'prefer a domain-qualified finalizer name to avoid accidental conflicts with other finalizer writers';
      options.warn?.(`metadata.finalizers: "${name}": ${advice}`);
    }
    if (errors.length > 0) throw invalidObject({ group, resource: kind, name: object.metadata.name }, errors);
  };

  return {
    create(definition, namespace, body, options) {
      const object = decode(definition, body, options);
      const { metadata } = object;
      if (metadata.resourceVersion) {
        throw new StatusError(500, '', 'resourceVersion should not be set on objects to be created');
      }
      if (metadata.namespace && metadata.namespace !== namespace) {
        throw badRequest(wrongNamespace);
      }
      const { deletionTimestamp: _a, deletionGracePeriodSeconds: _b, resourceVersion: _c, ...given } = metadata;
      object.metadata = {
        ...given,
        name:
          metadata.name === '' && metadata.generateName ? metadata.generateName + nameSuffix(random) : metadata.name,
        ...(namespace !== undefined && { namespace }),
        uid: uuid(),
        creationTimestamp: timestamp(now()),
        ...(definition.counted && { generation: 1 }),
      };
      if (definition.subresources.includes('status')) delete object.status;
      // What is answered rather than stored has no identity.
      if (!definition.stored) object.metadata = metadata.name === '' ? withoutName(given) : given;
      normalise(definition, object, options);
      assertValid(definition, object, options);
      return object;
    },

    update(definition, update, options) {
      const { old, subresource } = update;
      const object = decode(definition, update.body, options);
      assertSameVersion(definition, update, object);
      const hasStatus = definition.subresources.includes('status');
      const next: KubeObject = subresource === 'status' ? { ...clone(old), status: object.status } : object;
      if (hasStatus && subresource !== 'status') next.status = old.status;
      keepServerFields(next, old);
      normalise(definition, next, options, update);
      if (equal(next, old)) return old;
      assertValid(definition, next, options, update);
      const counts = definition.counted && !equal(specOf(next, hasStatus), specOf(old, hasStatus));
      if (counts) next.metadata.generation = (old.metadata.generation ?? 0) + 1;
      return next;
    },
  };
}
