import { type FieldError, forbidden, invalid, notSupported, required } from '../field-error.ts';
import type { CelRules } from './cel-rules.ts';
import { isKnownFormat } from './formats.ts';
import { type Schema, subschemas } from './schema.ts';
import { validate } from './validate.ts';

const types = ['array', 'boolean', 'integer', 'number', 'object', 'string'];

function checkType({ type, ...schema }: Schema, path: string): FieldError[] {
  const isOpen = schema['x-kubernetes-int-or-string'] || schema['x-kubernetes-preserve-unknown-fields'];
  if (!type) return isOpen ? [] : [required(`${path}.type`, 'must not be empty for specified object fields')];
  return types.includes(type) ? [] : [notSupported(`${path}.type`, type, types)];
}

function checkDefault({ default: value, ...schema }: Schema, path: string): FieldError[] {
  if (value === undefined) return [];
  return validate(value, schema).map((error) => {
    const field = [`${path}.default`, ...(error.field === '' ? [] : [error.field])].join('.');
    return { ...error, field };
  });
}

function checkRules({ 'x-kubernetes-validations': rules = [] }: Schema, path: string, compileError: Compile) {
  return rules.flatMap((rule, index) => {
    const why = compileError(rule);
    const field = `${path}.x-kubernetes-validations[${index}].rule`;
    return why ? [invalid(field, rule.rule, `compilation failed: ${why}`)] : [];
  });
}

type Compile = CelRules['compileError'];

/** What a structural schema cannot say, worded as the API server words it. */
export function checkSchema(schema: Schema, path: string, compileError: Compile): FieldError[] {
  const errors = [...checkType(schema, path), ...checkRules(schema, path, compileError), ...checkDefault(schema, path)];
  if (schema.type === 'array' && !schema.items) errors.push(required(`${path}.items`, 'must be specified'));
  if (schema.uniqueItems) {
    const why = 'uniqueItems cannot be set to true since the runtime complexity becomes quadratic';
    errors.push(forbidden(`${path}.uniqueItems`, why));
  }
  if (schema.properties && schema.additionalProperties !== undefined) {
    errors.push(forbidden(`${path}.additionalProperties`, 'additionalProperties and properties are mutual exclusive'));
  }
  if (schema['x-kubernetes-list-type'] === 'map' && !schema['x-kubernetes-list-map-keys']?.length) {
    const why = 'must not be empty if x-kubernetes-list-type is map';
    errors.push(required(`${path}.x-kubernetes-list-map-keys`, why));
  }
  return [...errors, ...subschemas(schema, path).flatMap(([sub, at]) => checkSchema(sub, at, compileError))];
}

/** The formats in a schema that the server does not know, of which it warns. */
export function unknownFormats(schema: Schema): string[] {
  const own = schema.format === undefined || isKnownFormat(schema.format) ? [] : [schema.format];
  return [...own, ...subschemas(schema).flatMap(([sub]) => unknownFormats(sub))];
}
