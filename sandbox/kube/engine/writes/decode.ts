import { invalid } from '../field-error.ts';
import { asObject, clone, type Json } from '../json.ts';
import { type KubeObject, toObject } from '../object.ts';
import { type ResourceDefinition, typeMetaOf } from '../resource.ts';
import { badRequest, invalidObject, StatusError } from '../status.ts';
import { assertDecodable } from './metadata.ts';
import type { WriteOptions } from './write-request.ts';

/** Throws 400 for an object that the Go type of a built-in kind cannot hold. */
function assertConvertible(definition: ResourceDefinition, { apiVersion, kind }: KubeObject): void {
  const wanted = typeMetaOf(definition);
  if (apiVersion === wanted.apiVersion && kind === wanted.kind) return;
  const [version = '', group] = apiVersion.split('/').reverse();
  const internal = (definition.group.split('.')[0] ?? '') || 'core';
  const isKnown = apiVersion === wanted.apiVersion;
  const why = isKnown
    ? `converting (v1.${kind}) to (${internal}.${wanted.kind}): unknown conversion`
    : `no kind "${kind}" is registered for version "${apiVersion}" in scheme "pkg/runtime/scheme.go:111"`;
  const shown = group === undefined ? version : apiVersion;
  throw badRequest(`${kind} in version "${isKnown ? version : shown}" cannot be handled as a ${wanted.kind}: ${why}`);
}

/**
 * The object in a request body. Built-in kinds may leave out apiVersion and kind, as the path says them; typed clients do.
 * Throws 400 or 422 for what is no object of the kind.
 */
export function decode(definition: ResourceDefinition, body: Json, { warn }: WriteOptions): KubeObject {
  const implied = definition.custom ? {} : typeMetaOf(definition);
  const object = toObject({ ...implied, ...asObject(clone(body)) });
  if (!object) throw badRequest('Object \'Kind\' is missing in the request body, or "apiVersion" is');
  const { apiVersion, kind } = typeMetaOf(definition);
  if (!definition.custom) assertConvertible(definition, object);
  if (object.apiVersion !== apiVersion) {
    for (const name of Object.keys(object).sort()) {
      if (!/^(apiVersion|kind|metadata)$/.test(name)) warn?.(`unknown field "${name}"`);
    }
    const data = `the API version in the data (${object.apiVersion})`;
    throw badRequest(`${data} does not match the expected API version (${apiVersion})`);
  }
  if (object.kind !== kind) {
    const subject = { group: definition.group, resource: object.kind, name: object.metadata.name };
    throw invalidObject(subject, [invalid('kind', object.kind, `must be ${kind}`)]);
  }
  assertDecodable(object.metadata, definition);
  const { managedFields: _managed, selfLink: _link, ...metadata } = object.metadata;
  for (const name of ['labels', 'annotations', 'finalizers', 'ownerReferences']) {
    if (Object.keys(metadata[name] ?? {}).length === 0) delete metadata[name];
  }
  return { ...object, metadata };
}

/** An object that cannot be decoded is a bad request, but where it comes from a patch the patch is invalid. */
export function asDecoded(isPatch: boolean, object: KubeObject, decodeAll: () => void): void {
  try {
    decodeAll();
  } catch (error) {
    if (!isPatch || !(error instanceof StatusError) || error.code !== 400) throw error;
    const why = error.message.replace(/^.*? cannot be handled as an? \w+: /, '');
    throw invalidObject({ group: '', resource: '', name: '' }, [invalid('patch', JSON.stringify(object), why)]);
  }
}
