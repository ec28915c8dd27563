import type { Json } from './json.ts';

/** One refused field, worded as k8s.io/apimachinery `field.Error` of 1.36 words it. */
export interface FieldError {
  reason: string;
  field: string;
  message: string;
  /** The server gives up CEL rules after such an error, because their input has the wrong shape. */
  blocking: boolean;
}

/** Stands for a value that is too big to print (field.OmitValueType). */
export const omitted = Symbol('omitted');
type Printable = Json | typeof omitted;

function print(value: Printable): string {
  if (value === omitted) return '';
  return typeof value === 'string' ? goQuote(value) : JSON.stringify(value);
}

/** A string as Go's %q prints it, for the characters that occur in manifests. */
function goQuote(text: string): string {
  return JSON.stringify(text);
}

function error(kind: string, text: string, field: string, parts: string[], blocking = false): FieldError {
  const message = [text, ...parts.filter((part) => part !== '')].join(': ');
  return { reason: `FieldValue${kind}`, field, message, blocking };
}

/** A field that must be there and is not. */
export function required(field: string, detail = ''): FieldError {
  return error('Required', 'Required value', field, [detail], true);
}

/** A value that breaks a rule. */
export function invalid(field: string, value: Printable, detail: string): FieldError {
  return error('Invalid', 'Invalid value', field, [print(value), detail]);
}

/** A value of the wrong JSON type. */
export function typeInvalid(field: string, value: Printable, detail: string): FieldError {
  return error('TypeInvalid', 'Invalid value', field, [print(value), detail], true);
}

/** A value outside an enumeration. */
export function notSupported(field: string, value: Printable, supported: Json[]): FieldError {
  const list = supported.map((item) => goQuote(typeof item === 'string' ? item : JSON.stringify(item))).join(', ');
  return error('NotSupported', 'Unsupported value', field, [print(value), `supported values: ${list}`], true);
}

/** A string longer than allowed. */
export function tooLong(field: string, max: number): FieldError {
  return error('TooLong', 'Too long', field, [`may not be more than ${max} bytes`], true);
}

/** A list or map with too many entries. */
export function tooMany(field: string, actual: number, max: number): FieldError {
  return error('TooMany', 'Too many', field, [`${actual}`, `must have at most ${max} items`], true);
}

/** A change that is not allowed in this state. */
export function forbidden(field: string, detail: string): FieldError {
  return error('Forbidden', 'Forbidden', field, [detail]);
}

/** An entry of a set or list-map that is there twice. */
export function duplicate(field: string, value: Printable): FieldError {
  return error('Duplicate', 'Duplicate value', field, [print(value)]);
}
