import type { Json, JsonObject } from '../engine/json.ts';
import { badRequest } from '../engine/status.ts';

/** How a field of a message becomes JSON. */
type Type = 'string' | 'bytes' | 'int' | 'bool' | { map: 'string' | 'bytes' } | { list: Type } | Message;
/** Fields by number, as in the generated.proto files of k8s.io/api; fields that we do not name are dropped. */
interface Message {
  [number: number]: [name: string, type: Type];
}

const strings: Type = { list: 'string' };
const metadata: Message = {
  1: ['name', 'string'],
  2: ['generateName', 'string'],
  3: ['namespace', 'string'],
  11: ['labels', { map: 'string' }],
  12: ['annotations', { map: 'string' }],
  14: ['finalizers', strings],
};
const boundObject: Message = {
  1: ['kind', 'string'],
  2: ['apiVersion', 'string'],
  3: ['name', 'string'],
  4: ['uid', 'string'],
};
const attributeNames = ['namespace', 'verb', 'group', 'version', 'resource', 'subresource', 'name'];
const attributes: Message = {};
for (const [index, name] of attributeNames.entries()) attributes[index + 1] = [name, 'string'];
const nonResource: Message = { 1: ['path', 'string'], 2: ['verb', 'string'] };
const preconditions: Message = { 1: ['uid', 'string'], 2: ['resourceVersion', 'string'] };

const rule: Message = {};
for (const [index, name] of ['verbs', 'apiGroups', 'resources', 'resourceNames', 'nonResourceURLs'].entries()) {
  rule[index + 1] = [name, strings];
}
const subject: Message = {
  1: ['kind', 'string'],
  2: ['apiGroup', 'string'],
  3: ['name', 'string'],
  4: ['namespace', 'string'],
};
const roleRef: Message = { 1: ['apiGroup', 'string'], 2: ['kind', 'string'], 3: ['name', 'string'] };
const role: Message = { 1: ['metadata', metadata], 2: ['rules', { list: rule }] };
const binding: Message = { 1: ['metadata', metadata], 2: ['subjects', { list: subject }], 3: ['roleRef', roleRef] };

/** The kinds that kubectl sends as protobuf. */
const kinds: { [kind: string]: Message } = {
  Namespace: { 1: ['metadata', metadata] },
  ServiceAccount: { 1: ['metadata', metadata] },
  Secret: {
    1: ['metadata', metadata],
    2: ['data', { map: 'bytes' }],
    3: ['type', 'string'],
    4: ['stringData', { map: 'string' }],
    5: ['immutable', 'bool'],
  },
  ConfigMap: { 1: ['metadata', metadata], 2: ['data', { map: 'string' }], 3: ['binaryData', { map: 'bytes' }] },
  Role: role,
  ClusterRole: role,
  RoleBinding: binding,
  ClusterRoleBinding: binding,
  TokenRequest: {
    1: ['metadata', metadata],
    2: ['spec', { 1: ['audiences', strings], 3: ['boundObjectRef', boundObject], 4: ['expirationSeconds', 'int'] }],
  },
  SelfSubjectAccessReview: {
    2: ['spec', { 1: ['resourceAttributes', attributes], 2: ['nonResourceAttributes', nonResource] }],
  },
  DeleteOptions: {
    1: ['gracePeriodSeconds', 'int'],
    2: ['preconditions', preconditions],
    4: ['propagationPolicy', 'string'],
    5: ['dryRun', strings],
  },
};

interface Field {
  number: number;
  value: number | Buffer;
}

/** Splits a message into its varint and length-delimited fields, the only ones that Kubernetes sends. */
function* fields(bytes: Buffer): Generator<Field> {
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = bytes[at];
      at += 1;
      if (byte === undefined) throw badRequest('the protobuf body ends too early');
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  };
  while (at < bytes.length) {
    const tag = varint();
    const size = varint();
    if ((tag & 7) === 2) at += size;
    yield { number: tag >>> 3, value: (tag & 7) === 2 ? bytes.subarray(at - size, at) : size };
  }
}

function entry(bytes: Buffer, type: Type): [string, Json] {
  const { key, value } = message(bytes, { 1: ['key', 'string'], 2: ['value', type] });
  return [String(key ?? ''), value ?? ''];
}

function message(bytes: Buffer, shape: Message): JsonObject {
  const result: JsonObject = {};
  for (const { number, value } of fields(bytes)) {
    const [name, type] = shape[number] ?? [];
    if (name === undefined || type === undefined) continue;
    // Go writes empty strings too; in a list they count: the core group is one.
    if (value.toString() !== '' || (typeof type === 'object' && 'list' in type)) {
      result[name] = decode(value, type, result[name]);
    }
  }
  return result;
}

function decode(value: number | Buffer, type: Type, before: Json | undefined): Json {
  if (typeof value === 'number') return type === 'bool' ? value === 1 : value;
  if (type === 'string') return value.toString();
  if (typeof type === 'string') return value.toString('base64');
  if ('list' in type) return [...(Array.isArray(before) ? before : []), decode(value, type.list, undefined)];
  if (!('map' in type)) return message(value, type);
  const [key, item] = entry(value, type.map);
  return { ...(typeof before === 'object' && before !== null && !Array.isArray(before) && before), [key]: item };
}

/** Decodes the protobuf bodies of kubectl's own create commands. Throws 400 for kinds that it does not send. */
export function decodeProtobuf(body: Buffer): Json {
  const typeMeta: Message = { 1: ['apiVersion', 'string'], 2: ['kind', 'string'] };
  let type: JsonObject = {};
  let raw: Buffer = Buffer.alloc(0);
  for (const { number, value } of fields(body.subarray(4))) {
    if (number === 1 && typeof value !== 'number') type = message(value, typeMeta);
    if (number === 2 && typeof value !== 'number') raw = value;
  }
  const shape = kinds[String(type.kind)];
  if (!shape) throw badRequest(`${String(type.kind)} is not accepted as protobuf here; send it as JSON`);
  return { ...type, ...message(raw, shape) };
}
