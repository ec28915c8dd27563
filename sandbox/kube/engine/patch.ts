import jsonPatch, { type Operation } from 'fast-json-patch';
import { asArray, clone, equal, isObject, type Json, type JsonObject } from './json.ts';
import { badRequest, StatusError } from './status.ts';

/** A patch as it came in; strategic is taken for built-in resources only. */
export interface Patch {
  type: 'json' | 'merge' | 'strategic';
  body: Json;
}

/** RFC 7386: objects merge, null deletes, everything else replaces. */
function mergePatch(target: Json | undefined, patch: Json): Json {
  if (!isObject(patch)) return clone(patch);
  const result: JsonObject = isObject(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else if (value !== undefined) result[key] = mergePatch(result[key], value);
  }
  return result;
}

/** Lists of these names merge by a key (the patchMergeKey of the Kubernetes types that we serve). */
const mergeKeys: { [list: string]: string } = {
  containers: 'name',
  initContainers: 'name',
  env: 'name',
  volumes: 'name',
  volumeMounts: 'mountPath',
  ports: 'containerPort',
  secrets: 'name',
  imagePullSecrets: 'name',
  conditions: 'type',
  ownerReferences: 'uid',
};

function mergeList(target: Json[], patch: Json[], key: string): Json[] {
  const result = [...target];
  for (const item of patch.filter(isObject)) {
    const index = result.findIndex((old) => isObject(old) && equal(old[key], item[key]));
    if (item.$patch === 'delete') result.splice(index, index < 0 ? 0 : 1);
    else if (index < 0) result.push(strategicMerge({}, item));
    else result[index] = strategicMerge(result[index], item);
  }
  return result;
}

/** Strategic merge patch, as far as kubectl apply, label, annotate and edit use it on the built-in kinds. */
function strategicMerge(target: Json | undefined, patch: Json): Json {
  if (!isObject(patch)) return clone(patch);
  const result: JsonObject = isObject(target) && patch.$patch !== 'replace' ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    const [, removedFrom] = /^\$deleteFromPrimitiveList\/(.+)$/.exec(key) ?? [];
    const mergeKey = mergeKeys[key];
    if (removedFrom)
      result[removedFrom] = asArray(result[removedFrom]).filter((item) => !asArray(value).includes(item));
    else if (key.startsWith('$') || value === undefined) continue;
    else if (value === null) delete result[key];
    else if (Array.isArray(value) && key === 'finalizers')
      result[key] = [...new Set([...asArray(result[key]), ...value])];
    else if (Array.isArray(value) && mergeKey) result[key] = mergeList(asArray(result[key]), value, mergeKey);
    else result[key] = strategicMerge(result[key], value);
  }
  return result;
}

function isOperation(value: Json): value is JsonObject & Operation {
  return isObject(value) && typeof value.op === 'string' && typeof value.path === 'string';
}

function jsonPatched(target: Json, body: Json): Json {
  if (!Array.isArray(body) || !body.every(isOperation)) {
    throw badRequest('error decoding patch: a JSON patch is an array of {op, path, value}');
  }
  try {
    return jsonPatch.applyPatch(clone(target), body, true).newDocument;
  } catch {
    throw new StatusError(422, 'Invalid', 'the server rejected our request due to an error in our request', {});
  }
}

/** Applies the patch to a copy of the target. Throws 400 for a malformed patch, 422 for one that does not fit. */
export function applyPatch(target: JsonObject, patch: Patch): Json {
  if (patch.type === 'json') return jsonPatched(target, patch.body);
  if (!isObject(patch.body)) throw badRequest('error decoding patch: a merge patch is an object');
  return patch.type === 'merge' ? mergePatch(target, patch.body) : strategicMerge(target, patch.body);
}
