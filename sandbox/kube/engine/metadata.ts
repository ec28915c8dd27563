import { type FieldError, forbidden, invalid, required, tooLong } from './field-error.ts';
import { isObject, type Json } from './json.ts';
import type { KubeObject, ObjectMeta } from './object.ts';
import { badRequest } from './status.ts';

/** Which rule the names of a resource follow. */
export type NameRule = 'subdomain' | 'label' | 'path';

const label = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const subdomain = `${label}(\\.${label})*`;
const qualifiedPart = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';
const labelValue = '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?';
const maxAnnotationBytes = 256 * 1024;

const subdomainRule = `a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '${subdomain}')`;
const labelRule = `a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '${label}')`;
const namePartRule = `name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '${qualifiedPart}')`;
const labelValueRule = `a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '${labelValue}')`;

function matches(pattern: string, text: string): boolean {
  return new RegExp(`^(?:${pattern})$`).test(text);
}

function tooManyBytes(max: number): string {
  return `must be no more than ${max} bytes`;
}

function nameErrors(name: string, rule: NameRule): string[] {
  if (rule === 'path') return /^\.{1,2}$|[/%]/.test(name) ? ["may not be '.', '..', or contain '/' or '%'"] : [];
  const [pattern, max, text] = rule === 'label' ? [label, 63, labelRule] : [subdomain, 253, subdomainRule];
  return [...(name.length > max ? [tooManyBytes(max)] : []), ...(matches(pattern, name) ? [] : [text])];
}

/** What is wrong with the key of a label. */
export function keyErrors(key: string): string[] {
  const [prefix, name] = key.includes('/')
    ? [key.slice(0, key.indexOf('/')), key.slice(key.indexOf('/') + 1)]
    : ['x', key];
  const errors = matches(subdomain, prefix) ? [] : [`prefix part ${subdomainRule}`];
  if (name.length > 63) errors.push(`name part ${tooManyBytes(63)}`);
  return matches(qualifiedPart, name) ? errors : [...errors, namePartRule];
}

/** What is wrong with the value of a label. */
export function labelValueErrors(value: string): string[] {
  return [...(value.length > 63 ? [tooManyBytes(63)] : []), ...(matches(labelValue, value) ? [] : [labelValueRule])];
}

function checkLabels(labels: ObjectMeta['labels'] = {}): FieldError[] {
  return Object.entries(labels).flatMap(([key, value]) => {
    const problems = keyErrors(key).map((why) => invalid('metadata.labels', key, why));
    return [...problems, ...labelValueErrors(value).map((why) => invalid('metadata.labels', value, why))];
  });
}

function checkAnnotations(annotations: ObjectMeta['annotations'] = {}): FieldError[] {
  const keys = Object.keys(annotations);
  const errors = keys.flatMap((key) =>
    keyErrors(key.toLowerCase()).map((why) => invalid('metadata.annotations', key, why)),
  );
  const size = Object.entries(annotations).reduce((sum, [key, value]) => sum + Buffer.byteLength(key + value), 0);
  return size > maxAnnotationBytes ? [...errors, tooLong('metadata.annotations', maxAnnotationBytes)] : errors;
}

function checkFinalizers(finalizers: string[] = []): FieldError[] {
  return finalizers.flatMap((name) => keyErrors(name).map((why) => invalid('metadata.finalizers', name, why)));
}

/** The errors of names, labels, annotations and finalizers. */
export function validateMetadata({ metadata }: KubeObject, rule: NameRule): FieldError[] {
  const { name, labels, annotations, finalizers } = metadata;
  const names = name === '' ? [] : nameErrors(name, rule).map((why) => invalid('metadata.name', name, why));
  if (name === '') names.push(required('metadata.name', 'name or generateName is required'));
  return [...names, ...checkLabels(labels), ...checkAnnotations(annotations), ...checkFinalizers(finalizers)];
}

/** An object that is being deleted gets no new finalizers. */
export function validateFinalizerChange(next: ObjectMeta, old: ObjectMeta): FieldError[] {
  const added = (next.finalizers ?? []).filter((name) => !old.finalizers?.includes(name));
  if (old.deletionTimestamp === undefined || added.length === 0) return [];
  const names = added.map((name) => JSON.stringify(name)).join(', ');
  const why = `no new finalizers can be added if the object is being deleted, found new finalizers []string{${names}}`;
  return [forbidden('metadata.finalizers', why)];
}

/** Five characters that Kubernetes appends to generateName. @param random in [0, 1) */
export function nameSuffix(random: () => number): string {
  const alphabet = 'bcdfghjklmnpqrstvwxz2456789';
  return Array.from({ length: 5 }, () => alphabet[Math.floor(random() * alphabet.length)] ?? 'b').join('');
}

function checkTextMap(value: Json | undefined, field: string): void {
  if (value === undefined || value === null) return;
  const wrong = isObject(value) ? Object.values(value).find((text) => typeof text !== 'string') : value;
  if (wrong === undefined) return;
  throw badRequest(
    `json: cannot unmarshal ${typeof wrong} into Go struct field ObjectMeta.metadata.${field} of type string`,
  );
}

/** Throws 400 when metadata does not even decode: labels and annotations that are no strings. */
export function assertDecodable(metadata: ObjectMeta): void {
  checkTextMap(metadata.labels, 'labels');
  checkTextMap(metadata.annotations, 'annotations');
  const finalizers: unknown = metadata.finalizers ?? [];
  if (!Array.isArray(finalizers) || finalizers.some((name) => typeof name !== 'string')) {
    throw badRequest('json: cannot unmarshal into Go struct field ObjectMeta.metadata.finalizers of type []string');
  }
}
