import { type FieldError, invalid } from '../field-error.ts';
import type { KubeObject } from '../object.ts';
import type { ResourceDefinition } from '../resource.ts';
import type { CelRules } from '../schema/cel-rules.ts';
import { hasRules } from '../schema/schema.ts';
import { validate } from '../schema/validate.ts';
import { badRequest, invalidObject } from '../status.ts';
import { decodeError } from './decode-error.ts';
import { loneFinalizers, validateFinalizerChange, validateMetadata } from './metadata.ts';
import { twice } from './same-object.ts';
import type { Update, WriteOptions } from './write-request.ts';

/** Throws 422 with all that is wrong with an object, 400 for a built-in one that cannot be decoded; warns of the rest. */
export type AssertValid = (
  definition: ResourceDefinition,
  object: KubeObject,
  options: WriteOptions,
  update?: Partial<Update>,
) => void;

const uncheckedRules = invalid(
  '<nil>',
  null,
  'some validation rules were not checked because the object was invalid; correct the existing errors to complete validation',
);

/** At /status messages, but not fields, are worded from the status on. */
function withinStatus(error: FieldError): FieldError {
  const message = error.message.replace(`${error.field} in body`, `${error.field.replace(/^status\.?/, '')} in body`);
  return { ...error, message };
}

/** Built-in objects are decoded into Go types, of which the first misfit is told. */
function assertTyped({ kind, version, schema }: ResourceDefinition, object: KubeObject, errors: FieldError[]): void {
  const [misfit] = errors;
  if (!misfit) return;
  const why = decodeError(object, schema, misfit.field) ?? `${misfit.field}: ${misfit.message}`;
  throw badRequest(`${kind} in version "${version}" cannot be handled as a ${kind}: ${why}`);
}

function warningsOf(definition: ResourceDefinition, object: KubeObject, old: KubeObject | undefined): string[] {
  const advice = 'prefer a domain-qualified finalizer name to avoid accidental conflicts with other finalizer writers';
  const lone = definition.custom ? loneFinalizers(object.metadata) : [];
  const added = lone.filter((name) => !old?.metadata.finalizers?.includes(name));
  return [
    ...(definition.warnings?.(object) ?? []),
    ...added.map((name) => `metadata.finalizers: "${name}": ${advice}`),
  ];
}

/** Creates the judge of metadata, schema and rules. */
export function createAssertValid(rules: CelRules): AssertValid {
  return (definition, object, options, { old, subresource } = {}) => {
    const { kind, group, schema, custom } = definition;
    const ofAll = validate(object, schema, '', old);
    const ofSchema = subresource === 'status' ? ofAll.map(withinStatus) : ofAll;
    if (!custom) assertTyped(definition, object, ofSchema);
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
    if (errors.length > 0) throw invalidObject({ group, resource: kind, name: object.metadata.name }, errors);
    for (const warning of warningsOf(definition, object, old)) options.warn?.(warning);
  };
}
