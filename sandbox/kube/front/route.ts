import type { KubeEngine } from '../engine/engine.ts';
import type { ObjectKey } from '../engine/object.ts';
import type { ResourceDefinition } from '../engine/resource.ts';
import { badRequest, methodNotAllowed, noSuchResource } from '../engine/status.ts';

/** What a REST path addresses; without a name, the collection. */
export interface Target {
  definition: ResourceDefinition;
  namespace: string | undefined;
  name: string | undefined;
  subresource: string | undefined;
}

/** The key of the addressed object. Throws 400 or 405 when the path names a collection. */
export function objectKey({ definition, namespace, name, subresource }: Target): ObjectKey {
  if (name === undefined) throw definition.custom ? badRequest('name must be provided') : methodNotAllowed();
  const resource = definition.group === '' ? definition.resource : `${definition.resource}.${definition.group}`;
  return { resource, namespace, name, subresource };
}

function splitNamespace(segments: string[]): { namespace: string | undefined; rest: string[] } {
  const [first, namespace, resource] = segments;
  const isScope = first === 'namespaces' && resource !== undefined && !['status', 'finalize'].includes(resource);
  return isScope ? { namespace, rest: segments.slice(2) } : { namespace: undefined, rest: segments };
}

/**
 * Resolves `/api/v1/...` and `/apis/group/version/...`; undefined for other paths and for groups
 * and versions that are not served. Throws 404 for unknown resources.
 */
export function resolve(engine: KubeEngine, path: string): Target | undefined {
  const [root, ...segments] = path.split('/').filter(Boolean).map(decodeURIComponent);
  const group = root === 'apis' ? segments.shift() : '';
  const version = segments.shift();
  if (!['api', 'apis'].includes(root ?? '') || group === undefined) return undefined;
  if (segments.length === 0 && root === 'apis') return undefined;
  const served = engine.resources().filter((known) => known.group === group && known.version === version);
  if (served.length === 0 && root === 'apis') return undefined;
  const { namespace, rest } = splitNamespace(segments);
  const [resource, name, subresource] = rest;
  // A group of custom kinds has no pages but those of its resources.
  const isCustom = root === 'apis' && served.every((known) => known.custom);
  if (isCustom && !served.some((known) => known.resource === resource)) return undefined;
  const definition = engine.definition(group === '' ? `${resource}` : `${resource}.${group}`);
  const scopeFits = definition.namespaced ? namespace !== undefined || name === undefined : namespace === undefined;
  const isKnown = isCustom || subresource === undefined || definition.subresources.includes(subresource);
  if (isCustom && !scopeFits) return undefined;
  if (definition.version !== version || !scopeFits || !isKnown || rest.length > 3) throw noSuchResource();
  return { definition, namespace, name, subresource };
}
