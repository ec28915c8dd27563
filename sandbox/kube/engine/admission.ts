import { objectMetaSchema } from './built-in-schemas.ts';
import { type FieldError, invalid } from './field-error.ts';
import { asObject, clone, equal, type Json } from './json.ts';
import { assertDecodable, nameSuffix, validateFinalizerChange, validateMetadata } from './metadata.ts';
import { type KubeObject, timestamp, toObject } from './object.ts';
import { checkOwnerReferences } from './owner-references.ts';
import { type ResourceDefinition, subjectOf, typeMetaOf } from './resource.ts';
import type { CelRules } from './schema/cel-rules.ts';
import { applyDefaults, prune } from './schema/prune.ts';
import { validate } from './schema/validate.ts';
import { badRequest, conflict, invalidObject, StatusError } from './status.ts';

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

/** Built-in kinds may leave out apiVersion and kind, as the path says them; typed clients do. */
function decode(definition: ResourceDefinition, body: Json): KubeObject {
  const implied = definition.custom ? {} : typeMetaOf(definition);
  const object = toObject({ ...implied, ...asObject(clone(body)) });
  if (!object) throw badRequest('Object \'Kind\' is missing in the request body, or "apiVersion" is');
  const { apiVersion, kind } = typeMetaOf(definition);
  if (object.apiVersion !== apiVersion) {
    const data = `the API version in the data (${object.apiVersion})`;
    throw badRequest(`${data} does not match the expected API version (${apiVersion})`);
  }
  if (object.kind !== kind) {
    const subject = { group: definition.group, resource: object.kind, name: object.metadata.name };
    throw invalidObject(subject, [invalid('kind', object.kind, `must be ${kind}`)]);
  }
  assertDecodable(object.metadata);
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
  const { name, uid: found } = old.metadata;
  if (!uid || uid === found) return;
  if (via === 'put') {
    const why = `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${found}`;
    throw conflict(subjectOf(definition, name), why);
  }
  if (subresource !== undefined) return;
  const subject = { group: definition.group, resource: definition.kind, name };
  throw invalidObject(subject, [invalid('metadata.uid', uid, 'field is immutable')]);
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
    definition.complete?.(object, update?.old);
  };

  const assertValid = (definition: ResourceDefinition, object: KubeObject, old?: KubeObject): void => {
    const { kind, group, version, schema, nameRule, custom } = definition;
    const ofSchema = validate(object, schema, '', old);
    const [undecodable] = ofSchema;
    if (undecodable && !custom) {
      const why = `${undecodable.field}: ${undecodable.message}`;
      throw badRequest(`${kind} in version "${version}" cannot be handled as a ${kind}: ${why}`);
    }
    const ofMetadata = definition.stored ? validateMetadata(object, nameRule) : [];
    const ofShape = [...ofMetadata, ...checkOwnerReferences(object.metadata), ...ofSchema];
    const blocked = ofShape.some((error) => error.blocking);
    const ofRules = custom && !blocked ? rules.check(object, schema, old) : [];
    const errors: FieldError[] = [
      ...ofShape,
      ...(old ? validateFinalizerChange(object.metadata, old.metadata) : []),
      ...(custom && blocked ? [uncheckedRules] : ofRules),
      ...(definition.check?.(object, old) ?? []),
    ];
    if (errors.length > 0) throw invalidObject({ group, resource: kind, name: object.metadata.name }, errors);
  };

  return {
    create(definition, namespace, body, options) {
      const object = decode(definition, body);
      const { metadata } = object;
      if (metadata.resourceVersion) {
        throw new StatusError(500, '', 'resourceVersion should not be set on objects to be created');
      }
      if (metadata.namespace && metadata.namespace !== namespace) {
        throw badRequest(wrongNamespace);
      }
      const {
        deletionTimestamp: _a,
        deletionGracePeriodSeconds: _b,
        resourceVersion: _c,
        generation: _d,
        ...given
      } = metadata;
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
      normalise(definition, object, options);
      assertValid(definition, object);
      return object;
    },

    update(definition, update, options) {
      const { old, subresource } = update;
      const object = decode(definition, update.body);
      assertSameVersion(definition, update, object);
      const hasStatus = definition.subresources.includes('status');
      const next: KubeObject = subresource === 'status' ? { ...clone(old), status: object.status } : object;
      if (hasStatus && subresource !== 'status') next.status = old.status;
      keepServerFields(next, old);
      normalise(definition, next, options, update);
      if (equal(next, old)) return old;
      assertValid(definition, next, old);
      const counts = definition.counted && !equal(specOf(next, hasStatus), specOf(old, hasStatus));
      if (counts) next.metadata.generation = (old.metadata.generation ?? 0) + 1;
      return next;
    },
  };
}
