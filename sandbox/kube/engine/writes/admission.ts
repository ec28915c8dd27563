import { invalid } from '../field-error.ts';
import { clone, equal, type Json } from '../json.ts';
import { objectMetaSchema } from '../kinds/built-in-schemas.ts';
import { type KubeObject, timestamp, withoutName } from '../object.ts';
import type { ResourceDefinition } from '../resource.ts';
import type { CelRules } from '../schema/cel-rules.ts';
import { applyDefaults, prune } from '../schema/prune.ts';
import { badRequest, invalidObject, StatusError } from '../status.ts';
import { asDecoded, decode } from './decode.ts';
import { nameSuffix } from './metadata.ts';
import { assertSameNamespace, assertSameVersion, keepServerFields } from './same-object.ts';
import { createAssertValid } from './validity.ts';
import type { Update, WriteOptions } from './write-request.ts';

/** What writes need from outside. */
export interface AdmissionDeps {
  now: () => number;
  uuid: () => string;
  random: () => number;
  rules: CelRules;
}

/** Turns request bodies into the objects to store, or throws the StatusError that an API server answers. */
export interface Admission {
  create(definition: ResourceDefinition, namespace: string | undefined, body: Json, options: WriteOptions): KubeObject;
  /** Returns the old object itself when nothing changes. */
  update(definition: ResourceDefinition, update: Update, options: WriteOptions): KubeObject;
}

/** The part of an object whose change counts as a new generation. */
function specOf(object: KubeObject, hasStatus: boolean): Json {
  const { metadata: _metadata, status, ...rest } = object;
  return hasStatus || status === undefined ? rest : { ...rest, status };
}

/** Creates the write path shared by all resources. */
export function createAdmission({ now, uuid, random, rules }: AdmissionDeps): Admission {
  const assertValid = createAssertValid(rules);

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

  return {
    create(definition, namespace, body, options) {
      const object = decode(definition, body, options);
      const { metadata } = object;
      if (metadata.resourceVersion) {
        throw new StatusError(500, '', 'resourceVersion should not be set on objects to be created');
      }
      assertSameNamespace(metadata.namespace, namespace);
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
      // A default of status is what clients see; it is stored with the first update.
      if (definition.custom && definition.subresources.includes('status')) delete object.status;
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
      asDecoded(update.via === 'patch', next, () => assertValid(definition, next, options, update));
      const counts = definition.counted && !equal(specOf(next, hasStatus), specOf(old, hasStatus));
      if (counts) next.metadata.generation = (old.metadata.generation ?? 0) + 1;
      return next;
    },
  };
}
