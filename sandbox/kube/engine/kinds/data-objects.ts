import { type FieldError, forbidden, invalid, required, tooLong } from '../field-error.ts';
import { asObject, asString, entries, equal, type JsonObject } from '../json.ts';
import type { KubeObject } from '../object.ts';
import { badRequest } from '../status.ts';

const maxBytes = 1024 * 1024;
const keyRule =
  "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')";
/** The keys without which a Secret of a type is refused. */
const requiredKeys: { [type: string]: string[] } = {
  'kubernetes.io/tls': ['tls.crt', 'tls.key'],
  'kubernetes.io/ssh-auth': ['ssh-privatekey'],
  'kubernetes.io/dockercfg': ['.dockercfg'],
  'kubernetes.io/dockerconfigjson': ['.dockerconfigjson'],
};

function keyErrors(object: KubeObject, member: string): FieldError[] {
  const keys = Object.keys(asObject(object[member]));
  return keys.filter((key) => !/^[-._a-zA-Z0-9]+$/.test(key)).map((key) => invalid(`${member}[${key}]`, key, keyRule));
}

function immutability(object: KubeObject, old: KubeObject | undefined, members: string[]): FieldError[] {
  if (old?.immutable !== true) return [];
  const changed = ['immutable', ...members].filter((member) => !equal(object[member], old[member]));
  return changed.map((member) => forbidden(member, 'field is immutable when `immutable` is set'));
}

/** Where Go's decoder gives up; undefined for what is base64. */
function corruptAt(text: string): number | undefined {
  const digits = text.replace(/[\r\n]/g, '');
  const [, good = ''] = /^([A-Za-z0-9+/]*)/.exec(digits) ?? [];
  const padding = (4 - (good.length % 4)) % 4;
  if (digits.length === good.length + padding && padding < 3 && /^=*$/.test(digits.slice(good.length)))
    return undefined;
  const isCut = /^=+$/.test(digits.slice(good.length)) && good.length % 4 > 1;
  return isCut ? digits.length : good.length - (digits.length === good.length ? good.length % 4 : 0);
}

function assertBase64(kind: string, data: JsonObject): void {
  for (const value of Object.values(data)) {
    const at = corruptAt(asString(value));
    if (at === undefined) continue;
    const why = `illegal base64 data at input byte ${at}`;
    throw badRequest(`${kind} in version "v1" cannot be handled as a ${kind}: ${why}`);
  }
}

function sizeOf(values: JsonObject, encoding: 'base64' | 'utf8'): number {
  return Object.values(values).reduce<number>((sum, value) => sum + Buffer.byteLength(asString(value), encoding), 0);
}

/** Moves stringData into data. Throws 400 for data that is no base64. */
export function completeSecret(secret: KubeObject): void {
  secret.type ??= 'Opaque';
  const data: JsonObject = { ...asObject(secret.data) };
  assertBase64('Secret', data);
  for (const [key, value] of entries(asObject(secret.stringData))) {
    data[key] = Buffer.from(asString(value)).toString('base64');
  }
  delete secret.stringData;
  if (Object.keys(data).length > 0) secret.data = data;
}

function typeErrors({ type, data }: KubeObject): FieldError[] {
  const has = (key: string) => Object.hasOwn(asObject(data), key);
  const missing = (requiredKeys[asString(type)] ?? []).filter((key) => !has(key));
  const isAnonymous = type === 'kubernetes.io/basic-auth' && !has('username') && !has('password');
  return [...missing, ...(isAnonymous ? ['username', 'password'] : [])].map((key) => required(`data[${key}]`));
}

/** The rules of Secrets. */
export function checkSecret(secret: KubeObject, old: KubeObject | undefined): FieldError[] {
  const errors = [...keyErrors(secret, 'data'), ...immutability(secret, old, ['data'])];
  if (sizeOf(asObject(secret.data), 'base64') > maxBytes) errors.push(tooLong('data', maxBytes));
  if (old && secret.type !== old.type) errors.push(invalid('type', secret.type ?? null, 'field is immutable'));
  return [...errors, ...typeErrors(secret)];
}

/** Throws 400 for binary data that is no base64. */
export function completeConfigMap({ binaryData }: KubeObject): void {
  assertBase64('ConfigMap', asObject(binaryData));
}

/** The rules of ConfigMaps. */
export function checkConfigMap(config: KubeObject, old: KubeObject | undefined): FieldError[] {
  const { data, binaryData } = config;
  const twice = Object.keys(asObject(data)).filter((key) => Object.hasOwn(asObject(binaryData), key));
  const size = sizeOf(asObject(data), 'utf8') + sizeOf(asObject(binaryData), 'base64');
  return [
    ...immutability(config, old, ['data', 'binaryData']),
    ...keyErrors(config, 'data'),
    ...twice.map((key): FieldError => invalid(`data[${key}]`, key, 'duplicate of key present in binaryData')),
    ...keyErrors(config, 'binaryData'),
    ...(size > maxBytes ? [tooLong('[]', maxBytes)] : []),
  ];
}
