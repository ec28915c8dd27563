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
import { knownFormats } from './formats.ts';
import { child, mapKey, memberSchema, oldItem, type Schema } from './schema.ts';

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

/** The first rule that a text breaks: the server looks no further. */
function brokenRule(value: string, schema: Schema, path: string): FieldError[] {
  const length = [...value].length;
  const { minLength, maxLength, pattern } = schema;
  if (maxLength !== undefined && length > maxLength) return [tooLong(path, maxLength)];
  if (minLength !== undefined && length < minLength) {
    return [invalid(path, value, `${path} in body should be at least ${minLength} chars long`)];
  }
  if (pattern === undefined || new RegExp(pattern).test(value)) return [];
  return [invalid(path, value, `${path} in body should match '${pattern}'`)];
}

function checkString(value: string, schema: Schema, path: string): FieldError[] {
  const known = knownFormats[schema.format ?? ''];
  const why = `${path} in body must be of type ${schema.format}: ${JSON.stringify(value)}`;
  const fits = known === undefined || known(value);
  return [...brokenRule(value, schema, path), ...(fits ? [] : [typeInvalid(path, value, why)])];
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
  const errors = [...missing.map((name) => required(child(path, name))), ...checkEmbedded(value, schema, path)];
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

function checkEmbedded(value: JsonObject, schema: Schema, path: string): FieldError[] {
  if (!schema['x-kubernetes-embedded-resource']) return [];
  return ['apiVersion', 'kind'].filter((name) => !value[name]).map((name) => required(child(path, name)));
}

/** The errors of a value against alternatives: none where it fits as it must, else those of the first that it fails. */
function checkCombinations(value: Json, schema: Schema, path: string): FieldError[] {
  const { allOf = [], anyOf = [], oneOf = [], not } = schema;
  const judge = (options: Schema[]) => options.map((option) => validate(value, option, path));
  const fitting = (results: FieldError[][]) => results.filter((errors) => errors.length === 0).length;
  const refuse = (how: string) => invalid('<nil>', '', `"${path}" must ${how}`);
  const errors: FieldError[] = [];
  const [all, any, one] = [judge(allOf), judge(anyOf), judge(oneOf)];
  if (fitting(all) < allOf.length) {
    const detail = fitting(all) === 0 ? '. None validated' : '';
    errors.push(refuse(`validate all the schemas (allOf)${detail}`), ...all.flat());
  }
  if (anyOf.length > 0 && fitting(any) === 0) {
    errors.push(refuse('validate at least one schema (anyOf)'), ...(any[0] ?? []));
  }
  if (oneOf.length > 0 && fitting(one) !== 1) {
    const found = fitting(one) === 0 ? 'none valid' : `${fitting(one)} valid alternatives`;
    errors.push(refuse(`validate one and only one schema (oneOf). Found ${found}`));
    if (fitting(one) === 0) errors.push(...(one[0] ?? []));
  }
  if (not && fitting(judge([not])) === 1) errors.push(refuse('not validate the schema (not)'));
  return errors;
}

/** A fraction where a whole number must be is refused twice: for its type, and when it is compared. */
function fractionErrors(value: Json, schema: Schema, path: string): FieldError[] {
  if (schema.type !== 'integer' || typeName(value) !== 'number') return [];
  return [invalid('<nil>', '', `Checked value must be of type integer (default format) in ${path}`)];
}

/**
 * Checks a value against a structural schema, worded as the API server words it. With an old value, unchanged parts
 * are not judged again (ratcheting).
 */
export function validate(value: Json, schema: Schema, path = '', old?: Json): FieldError[] {
  if (old !== undefined && equal(value, old)) return [];
  if (!hasType(value, schema)) {
    const actual = typeName(value);
    const why = `${path} in body must be of type ${schema.type ?? 'integer,string'}: "${actual}"`;
    return [typeInvalid(path, actual, why), ...fractionErrors(value, schema, path)];
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
