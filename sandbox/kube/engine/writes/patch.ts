import jsonPatch, { type Operation } from 'fast-json-patch';
import { clone, isObject, type Json, type JsonObject } from '../json.ts';
import type { Schema } from '../schema/schema.ts';
import { badRequest, StatusError } from '../status.ts';
import { jsonTypeOf } from './decode-error.ts';
import { strategicMerge } from './strategic-merge.ts';

/** A patch as it came in; strategic is taken for built-in resources only. */
export interface Patch {
  type: 'json' | 'merge' | 'strategic';
  body: Json;
}

/** RFC 7386: objects merge, null deletes, everything else replaces. */
export function mergePatch(target: Json | undefined, patch: Json): Json {
  if (!isObject(patch)) return clone(patch);
  const result: JsonObject = isObject(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else if (value !== undefined) result[key] = mergePatch(result[key], value);
  }
  return result;
}

function isOperation(value: Json): value is JsonObject & Operation {
  return isObject(value) && typeof value.op === 'string' && typeof value.path === 'string';
}

/** What Go says of JSON that does not fit a type. */
function misfit(value: Json, type: string): string {
  return `json: cannot unmarshal ${jsonTypeOf(value)} into Go value of type ${type}`;
}

function jsonPatched(target: Json, body: Json): Json {
  if (!Array.isArray(body) || !body.every(isOperation)) {
    const type = Array.isArray(body) ? 'handlers.jsonPatchOp' : '[]handlers.jsonPatchOp';
    throw badRequest(`error decoding patch: ${misfit(Array.isArray(body) ? (body[0] ?? null) : body, type)}`);
  }
  try {
    return jsonPatch.applyPatch(clone(target), body, true).newDocument;
  } catch {
    throw new StatusError(422, 'Invalid', 'the server rejected our request due to an error in our request', {});
  }
}

/** Applies the patch to a copy of the target. Throws 400 for a malformed patch, 422 for one that does not fit. */
export function applyPatch(target: JsonObject, patch: Patch, schema: Schema): Json {
  if (patch.type === 'json') return jsonPatched(target, patch.body);
  if (!isObject(patch.body)) {
    const why = misfit(patch.body, 'map[string]interface {}');
    throw badRequest(patch.type === 'merge' ? `error decoding patch: ${why}` : why);
  }
  return patch.type === 'merge' ? mergePatch(target, patch.body) : strategicMerge(target, patch.body, schema);
}
