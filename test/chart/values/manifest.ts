import { parseAllDocuments } from 'yaml';
import type { ClusterObject } from '../../e2e/world/cluster.ts';
import { OPERATOR } from '../../integration/documented-roles.ts';
import { rendered, type Values } from '../helm.ts';

/** What a release consists of. */
export interface Manifest {
  readonly objects: readonly ClusterObject[];
  /** What stands at `Deployment apikey-rotation-operator: spec.replicas`; of an object alone: that it is there. Undefined where nothing is. */
  at(place: string): unknown;
}

/** Renders it, under the documented name or another; rejects with what helm complains about. */
export async function manifestOf(values: Values = {}, release?: string): Promise<Manifest> {
  const documents = parseAllDocuments(await rendered(values, { release })).map((document) => document.toJS());
  const objects = documents.filter((object): object is ClusterObject => object !== null);
  const named = new Map(objects.map((object) => [titleOf(object), object]));
  return {
    objects,
    at(place) {
      const [title = '', path] = place.split(': ');
      const object = named.get(title);
      return path === undefined ? object && 'there' : path.split('.').reduce<unknown>(member, object);
    },
  };
}

/** Roles of other namespaces than the release's say which. */
function titleOf({ kind, metadata: { name, namespace } }: ClusterObject): string {
  return namespace === undefined || namespace === OPERATOR.namespace
    ? `${kind} ${name}`
    : `${kind} ${namespace}/${name}`;
}

/** A dot within a name is written as `~`. */
function member(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return (value as Record<string, unknown>)[name.replaceAll('~', '.')];
}
