import { asString, dig, type Json } from '../engine/json.ts';
import { resourceKey, verbsOf } from '../engine/resource.ts';
import { badRequest, methodNotAllowed, type StatusError, unsupportedPatch } from '../engine/status.ts';
import type { Patch } from '../engine/writes/patch.ts';
import { refuseApply } from './apply.ts';
import { withoutTypes } from './collection.ts';
import { type Body, mediaTypeOf, type Reply, readBody } from './message.ts';
import { deleteOptions, listQuery, writeOptions } from './options.ts';
import type { ResourceRequest, Verb } from './request.ts';
import { objectKey } from './route.ts';

const patchTypes: { [mediaType: string]: Patch['type'] } = {
  'application/json-patch+json': 'json',
  'application/merge-patch+json': 'merge',
  'application/strategic-merge-patch+json': 'strategic',
};

/** Bytes as refusals show them: what begins like an object as text, anything else as hexadecimal digits. */
function summary(text: string): string {
  if (text === '') return '<empty>';
  const [shown, length] = text.startsWith('{') ? [text, 30] : [Buffer.from(text).toString('hex'), 60];
  return shown.length > length ? `${shown.slice(0, length)} ...` : shown;
}

function unrecognized(kind: string, why: string, text: string): StatusError {
  return badRequest(`the object provided is unrecognized (must be of type ${kind}): ${why} (${summary(text)})`);
}

/** Custom objects must say what they are; a path says it for built-in ones. */
function assertTyped({ target }: ResourceRequest, { value, text }: Body): void {
  const { custom, kind } = target.definition;
  const missing = ['kind', 'apiVersion'].find((name) => asString(dig(value, name)) === '');
  if (!custom || missing === undefined) return;
  throw unrecognized(kind, `Object '${missing === 'kind' ? 'Kind' : missing}' is missing in '${text}'`, text);
}

async function readWrite(exchange: ResourceRequest, verb: Verb): Promise<Body> {
  const { kind } = exchange.target.definition;
  const isDeletion = verb === 'delete' || verb === 'deletecollection';
  const refuse = (why: string, text: string): StatusError => {
    if (verb === 'patch') return badRequest(`error decoding patch: ${why}`);
    const what = `couldn't get version/kind; json parse error: ${why}`;
    return isDeletion ? badRequest(what) : unrecognized(kind, what, text);
  };
  const body = await readBody(exchange.request, refuse);
  if (body.value === null && !isDeletion) throw refuse('unexpected end of JSON input', '');
  return body;
}

function create({ engine, target, query, response, user }: ResourceRequest, { value, duplicates }: Body): Reply {
  const { definition, namespace, name, subresource } = target;
  if (subresource === 'token' && name !== undefined) {
    return { code: 201, body: engine.createToken({ namespace, name }, value) };
  }
  // To custom resources the server is lenient: the name of the object counts.
  if (name !== undefined && !definition.custom) throw methodNotAllowed();
  const options = { ...writeOptions(query, response, 'CreateOptions'), duplicates };
  return { code: 201, body: engine.create({ resource: resourceKey(definition), namespace }, value, options, user) };
}

function update({ engine, target, query, response }: ResourceRequest, { value, duplicates }: Body): Reply {
  const key = objectKey(target);
  const code = engine.exists(key) ? 200 : 201;
  const options = { ...writeOptions(query, response, 'UpdateOptions'), duplicates };
  return { code, body: engine.update(key, value, options) };
}

async function patch(exchange: ResourceRequest): Promise<Reply> {
  const { engine, target, query, request, response } = exchange;
  const mediaType = mediaTypeOf(request);
  const key = objectKey(target);
  const type = patchTypes[mediaType];
  if (mediaType === 'application/apply-patch+yaml') throw await refuseApply(exchange);
  if (!type) throw unsupportedPatch(target.definition.custom);
  const { value: body, duplicates } = await readWrite(exchange, 'patch');
  const options = { ...writeOptions(query, response, 'PatchOptions'), duplicates };
  return { code: 200, body: engine.patch(key, { type, body }, options) };
}

function remove({ engine, target, query }: ResourceRequest, body: Json): Reply {
  const { definition } = target;
  const { object, removed } = engine.delete(objectKey(target), deleteOptions(query, body));
  if (!removed || definition.returnsDeleted) return { code: 200, body: object };
  const { name, uid } = object.metadata;
  const details = { name, ...(definition.group && { group: definition.group }), kind: definition.resource, uid };
  return { code: 200, body: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details } };
}

function removeAll({ engine, target, query }: ResourceRequest, body: Json): Reply {
  const { definition, namespace } = target;
  if (!verbsOf(definition).includes('deletecollection')) throw methodNotAllowed();
  const resource = resourceKey(definition);
  const options = deleteOptions(query, body);
  const found = engine.list({ resource, namespace }, listQuery(query, target));
  for (const { metadata } of found.items) {
    const key = { ...metadata, resource };
    // The garbage collector may have been faster.
    if (engine.exists(key)) engine.delete(key, options);
  }
  return { code: 200, body: withoutTypes(definition, found) };
}

/** Handles a request that changes something. Throws the StatusError to answer. */
export async function write(exchange: ResourceRequest, verb: Verb): Promise<Reply> {
  if (verb === 'patch') return patch(exchange);
  const body = await readWrite(exchange, verb);
  if (verb === 'delete') return remove(exchange, body.value);
  if (verb === 'deletecollection') return removeAll(exchange, body.value);
  assertTyped(exchange, body);
  return verb === 'create' ? create(exchange, body) : update(exchange, body);
}
