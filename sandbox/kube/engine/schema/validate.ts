import {
  duplicate,
  type FieldError,
  invalid,
  notSupported,
  required,
  tooLong,
  tooMany,
  typeInvalid,
} from '../field-error.ts';
import { entries, equal, isObject, type Json, type JsonObject } from '../json.ts';
import { child, mapKey, memberSchema, oldItem, type Schema } from './schema.ts';

const formats: { [format: string]: RegExp } = {
  'date-time': /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/,
  date: /^\d{4}-\d\d-\d\d$/,
  uuid: /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i,
  byte: /^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/,
  duration: /^([+-]?(\d+(\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h))+$/,
};

function typeName(value: Json): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value;
}

function hasType(value: Json, schema: Schema): boolean {
  const actual = typeName(value);
  if (value === null && schema.nullable) return true;
  if (schema['x-kubernetes-int-or-string']) return actual === 'integer' || actual === 'string';
  return schema.type === undefined || actual === schema.type || (actual === 'integer' && schema.type === 'number');
}

function checkString(value: string, schema: Schema, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const length = [...value].length;
  const { minLength, maxLength, pattern, format } = schema;
  if (maxLength !== undefined && length > maxLength) errors.push(tooLong(path, maxLength));
  if (minLength !== undefined && length < minLength) {
    errors.push(invalid(path, value, `${path} in body should be at least ${minLength} chars long`));
  }
  if (pattern !== undefined && !new RegExp(pattern).test(value)) {
    errors.push(invalid(path, value, `${path} in body should match '${pattern}'`));
  }
  if (format && formats[format] && !formats[format].test(value)) {
    errors.push(typeInvalid(path, value, `${path} in body must be of type ${format}: ${JSON.stringify(value)}`));
  }
  return errors;
}

function checkNumber(value: number, schema: Schema, path: string): FieldError[] {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf } = schema;
  const broken: string[] = [];
  if (minimum !== undefined && (exclusiveMinimum ? value <= minimum : value < minimum)) {
    broken.push(`should be greater than ${exclusiveMinimum ? '' : 'or equal to '}${minimum}`);
  }
  if (maximum !== undefined && (exclusiveMaximum ? value >= maximum : value > maximum)) {
    broken.push(`should be less than ${exclusiveMaximum ? '' : 'or equal to '}${maximum}`);
  }
  if (multipleOf !== undefined && value % multipleOf !== 0) broken.push(`should be a multiple of ${multipleOf}`);
  return broken.map((rule) => invalid(path, value, `${path} in body ${rule}`));
}

function duplicates(value: Json[], schema: Schema, path: string): FieldError[] {
  const listType = schema['x-kubernetes-list-type'];
  if (listType !== 'set' && listType !== 'map') return [];
  const identities = value.map((item) => (listType === 'map' ? mapKey(item, schema) : JSON.stringify(item)));
  return identities.flatMap((identity, index) => {
    const repeated = identities.indexOf(identity) < index;
    return repeated ? [duplicate(`${path}[${index}]`, JSON.parse(identity))] : [];
  });
}

function checkArray(value: Json[], schema: Schema, path: string, old: Json | undefined): FieldError[] {
  const { minItems, maxItems, items } = schema;
  const errors = duplicates(value, schema, path);
  if (maxItems !== undefined && value.length > maxItems) errors.push(tooMany(path, value.length, maxItems));
  if (minItems !== undefined && value.length < minItems) {
    errors.push(invalid(path, value.length, `${path} in body should have at least ${minItems} items`));
  }
  if (!items) return errors;
  const ofItems = value.flatMap((item, i) => validate(item, items, `${path}[${i}]`, oldItem(item, old, schema)));
  return [...errors, ...ofItems];
}

function checkObject(value: JsonObject, schema: Schema, path: string, old: Json | undefined): FieldError[] {
  const { minProperties, maxProperties } = schema;
  const members = entries(value);
  const missing = (schema.required ?? []).filter((name) => value[name] === undefined);
  const errors = missing.map((name) => required(child(path, name)));
  if (maxProperties !== undefined && members.length > maxProperties) {
    errors.push(tooMany(path, members.length, maxProperties));
  }
  if (minProperties !== undefined && members.length < minProperties) {
    errors.push(invalid(path, members.length, `${path} in body should have at least ${minProperties} properties`));
  }
  const ofMembers = members.flatMap(([name, member]) => {
    const known = memberSchema(schema, name);
    return known ? validate(member, known, child(path, name), isObject(old) ? old[name] : undefined) : [];
  });
  return [...errors, ...ofMembers];
}

function checkCombinations(value: Json, schema: Schema, path: string): FieldError[] {
  const fits = (option: Schema) => validate(value, option, path).length === 0;
  const errors = (schema.allOf ?? []).flatMap((part) => validate(value, part, path));
  const refuse = (why: string) => errors.push(invalid(path, typeName(value), `${path} in body must ${why}`));
  if (schema.anyOf && !schema.anyOf.some(fits)) refuse('validate at least one schema (anyOf)');
  if (schema.oneOf && schema.oneOf.filter(fits).length !== 1) refuse('validate one and only one schema (oneOf)');
  if (schema.not && fits(schema.not)) refuse('not validate the schema (not)');
  return errors;
}

/**
 * Checks a value against a structural schema, worded as the API server words it. With an old value, unchanged parts
 * are not judged again (ratcheting).
 */
export function validate(value: Json, schema: Schema, path = '', old?: Json): FieldError[] {
  if (old !== undefined && equal(value, old)) return [];
  if (!hasType(value, schema)) {
    const actual = typeName(value);
    return [
      typeInvalid(path, actual, `${path} in body must be of type ${schema.type ?? 'integer,string'}: "${actual}"`),
    ];
  }
  const errors = checkCombinations(value, schema, path);
  if (schema.enum && !schema.enum.some((allowed) => equal(allowed, value))) {
    errors.push(notSupported(path, value, schema.enum));
  }
  if (typeof value === 'string') errors.push(...checkString(value, schema, path));
  if (typeof value === 'number') errors.push(...checkNumber(value, schema, path));
  if (Array.isArray(value)) errors.push(...checkArray(value, schema, path, old));
  if (isObject(value)) errors.push(...checkObject(value, schema, path, old));
  return errors;
}
