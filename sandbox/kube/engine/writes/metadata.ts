import { type FieldError, forbidden, invalid, required, tooLong } from '../field-error.ts';
import { isObject, type Json } from '../json.ts';
import type { KubeObject, ObjectMeta } from '../object.ts';
import type { ResourceDefinition } from '../resource.ts';
import { badRequest } from '../status.ts';
import { jsonTypeOf } from './decode-error.ts';
import { checkOwnerReferences } from './owner-references.ts';

/** Which rule the names of a resource follow. */
export type NameRule = 'subdomain' | 'label' | 'path';

const label = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const subdomain = `${label}(\\.${label})*`;
const qualifiedPart = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';
const labelValue = '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?';
const maxAnnotationBytes = 256 * 1024;

const subdomainRule = `a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '${subdomain}')`;
const labelRule = `a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '${label}')`;
const namePart = `must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '${qualifiedPart}')`;
const labelValueRule = `a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '${labelValue}')`;

function matches(pattern: string, text: string): boolean {
  return new RegExp(`^(?:${pattern})$`).test(text);
}

function tooManyBytes(max: number): string {
  return `must be no more than ${max} bytes`;
}

function pathErrors(name: string): string[] {
  if (name === '.' || name === '..') return [`may not be '${name}'`];
  return ['/', '%'].filter((sign) => name.includes(sign)).map((sign) => `may not contain '${sign}'`);
}

function nameErrors(name: string, rule: NameRule): string[] {
  if (rule === 'path') return pathErrors(name);
  const [pattern, max, text] = rule === 'label' ? [label, 63, labelRule] : [subdomain, 253, subdomainRule];
  const tooLarge = name.length > max ? [`must be no more than ${max} characters`] : [];
  if (rule === 'label' && name.includes('.')) return [...tooLarge, 'must not contain dots'];
  return [...tooLarge, ...(matches(pattern, name) ? [] : [text])];
}

/** What is wrong with the key of a label. */
export function keyErrors(key: string): string[] {
  const [name = '', prefix, ...more] = key.split('/').reverse();
  if (more.length > 0) {
    return [`a valid label key ${namePart} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`];
  }
  const errors: string[] = [];
  if (prefix === '') errors.push('prefix part must be non-empty');
  else if (prefix !== undefined && !matches(subdomain, prefix)) errors.push(`prefix part ${subdomainRule}`);
  if (name === '') errors.push('name part must be non-empty');
  if (name.length > 63) errors.push(`name part ${tooManyBytes(63)}`);
  return matches(qualifiedPart, name) ? errors : [...errors, `name part ${namePart}`];
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

const standardFinalizers = ['kubernetes', 'orphan', 'foregroundDeletion'];

/** Finalizers whose names may clash with those of others: refused for built-in kinds, warned of for custom ones. */
export function loneFinalizers({ finalizers = [] }: ObjectMeta): string[] {
  return finalizers.filter((name) => !name.includes('/') && !standardFinalizers.includes(name));
}

function checkFinalizers(metadata: ObjectMeta, isBuiltIn: boolean): FieldError[] {
  const { finalizers = [] } = metadata;
  const errors = finalizers.flatMap((name) => keyErrors(name).map((why) => invalid('metadata.finalizers', name, why)));
  const why = 'name is neither a standard finalizer name nor is it fully qualified';
  const lone = isBuiltIn ? loneFinalizers(metadata) : [];
  return [...errors, ...lone.map((name) => invalid(`metadata.finalizers[${finalizers.indexOf(name)}]`, name, why))];
}

function checkName({ name, generateName: prefix = '' }: ObjectMeta, rule: NameRule): FieldError[] {
  // A generated name may have anything after a dash at the end of its prefix.
  const ofPrefix = nameErrors(prefix.replace(/-$/, 'a'), rule).map((why) =>
    invalid('metadata.generateName', prefix, why),
  );
  const errors = prefix === '' ? [] : ofPrefix;
  if (name === '') return [...errors, required('metadata.name', 'name or generateName is required')];
  return [...errors, ...nameErrors(name, rule).map((why) => invalid('metadata.name', name, why))];
}

/** How often an update is judged: for all kinds twice, then for its own, which some do by judging the whole once more. */
function judgements({ kind }: ResourceDefinition): number {
  return ['ConfigMap', 'Secret', 'ServiceAccount'].includes(kind) ? 4 : 3;
}

/** The errors of names, labels, annotations, finalizers and owners. The answer has a cause for each time of judging. */
export function validateMetadata(
  { metadata }: KubeObject,
  definition: ResourceDefinition,
  old: KubeObject | undefined,
): FieldError[] {
  const { labels, annotations } = metadata;
  const isBuiltIn = !definition.custom && definition.group !== 'apiextensions.k8s.io';
  const repeated = [...checkLabels(labels), ...checkAnnotations(annotations), ...checkOwnerReferences(metadata)];
  return [
    ...checkName(metadata, definition.nameRule),
    ...Array.from({ length: old ? judgements(definition) : 1 }, () => repeated).flat(),
    ...checkFinalizers(metadata, isBuiltIn),
  ];
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

function checkTextMap(value: Json | undefined, field: string, prefix: string): void {
  if (value === undefined || value === null) return;
  const wrong = isObject(value) ? Object.values(value).find((text) => typeof text !== 'string') : value;
  if (wrong === undefined) return;
  const type = isObject(value) ? 'string' : 'map[string]string';
  throw badRequest(
    `${prefix}json: cannot unmarshal ${jsonTypeOf(wrong)} into Go struct field ${field} of type ${type}`,
  );
}

/** Throws 400 when metadata does not even decode: labels and annotations that are no strings. */
export function assertDecodable(metadata: ObjectMeta, { kind, version, custom }: ResourceDefinition): void {
  const prefix = `${kind} in version "${version}" cannot be handled as a ${kind}: `;
  const owner = custom ? 'ObjectMeta' : 'ObjectMeta.metadata';
  checkTextMap(metadata.labels, `${owner}.labels`, prefix);
  checkTextMap(metadata.annotations, `${owner}.annotations`, prefix);
  const finalizers: unknown = metadata.finalizers ?? [];
  if (!Array.isArray(finalizers) || finalizers.some((name) => typeof name !== 'string')) {
    throw badRequest(`${prefix}json: cannot unmarshal into Go struct field ${owner}.finalizers of type []string`);
  }
}
