import { type FieldError, required } from '../engine/field-error.ts';
import { asString, dig, isObject } from '../engine/json.ts';
import { typeMetaOf } from '../engine/resource.ts';
import { badRequest, invalidOptions, type StatusError, unsupportedMediaType } from '../engine/status.ts';
import { jsonTypeOf } from '../engine/writes/decode-error.ts';
import { readBody } from './message.ts';
import { optionErrors } from './options.ts';
import type { ResourceRequest } from './request.ts';

/**
 * Why a server-side apply is refused: for what a real server refuses too, or since the sandbox keeps no field managers,
 * without which nobody's fields can be told from somebody else's.
 */
export async function refuseApply({ request, target, query }: ResourceRequest): Promise<StatusError> {
  const errors: FieldError[] = optionErrors(query);
  if (!query.get('fieldManager')) errors.push(required('fieldManager', 'is required for apply patch'));
  if (errors.length > 0) return invalidOptions('PatchOptions', errors);
  const { value } = await readBody(request, badRequest);
  if (!isObject(value)) {
    const why = `json: cannot unmarshal ${jsonTypeOf(value)} into Go value of type map[string]interface {}`;
    return badRequest(`error decoding YAML: error unmarshaling JSON: while decoding JSON: ${why}`);
  }
  const { apiVersion, kind } = typeMetaOf(target.definition);
  const given = asString(value.apiVersion);
  if (value.kind !== kind || given !== apiVersion) {
    const groupVersion = given.includes('/') ? given : `/${given}`;
    return badRequest(`invalid object type: ${groupVersion}, Kind=${asString(value.kind)}`);
  }
  if (dig(value, 'metadata', 'managedFields') !== undefined) return badRequest('metadata.managedFields must be nil');
  if (target.definition.custom && !dig(value, 'metadata', 'name')) {
    const why = 'was undeterminable: name must be provided';
    return badRequest(`the name of the object (${target.name} based on URL) ${why}`);
  }
  return unsupportedMediaType('the sandbox does not serve server-side apply');
}
