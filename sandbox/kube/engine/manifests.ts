import { parseAllDocuments } from 'yaml';
import type { KubeEngine } from './engine.ts';
import { isObject } from './json.ts';
import { groupVersion, type KubeObject, toObject } from './object.ts';
import { resourceKey } from './resource.ts';
import { StatusError } from './status.ts';

function applyOne(engine: KubeEngine, object: KubeObject): KubeObject {
  const { apiVersion, kind, metadata } = object;
  const definition = engine
    .resources()
    .find(({ group, version, kind: served }) => served === kind && groupVersion(group, version) === apiVersion);
  if (!definition)
    throw new Error(`no resource serves ${kind} of ${apiVersion}: apply its CustomResourceDefinition first`);
  const resource = resourceKey(definition);
  const namespace = definition.namespaced ? (metadata.namespace ?? 'default') : undefined;
  const key = { resource, namespace, name: metadata.name };
  try {
    return engine.patch(key, { type: 'merge', body: object }, { fieldValidation: 'Strict' });
  } catch (error) {
    if (!(error instanceof StatusError) || error.reason !== 'NotFound') throw error;
    return engine.create(key, object, { fieldValidation: 'Strict' });
  }
}

/** The objects of a multi-document YAML text, in order. */
export function parseManifests(yamlText: string): KubeObject[] {
  const values = parseAllDocuments(yamlText).map((document): unknown => document.toJS());
  const objects = values.filter(isObject).map((value) => toObject(value));
  return objects.filter((object) => object !== undefined);
}

/** Creates or merges every object, in order. Objects without a namespace go to `default`. Throws on the first one that is refused. */
export function applyObjects(engine: KubeEngine, objects: readonly KubeObject[]): KubeObject[] {
  return objects.map((object) => applyOne(engine, object));
}

/** As `applyObjects`, of a multi-document YAML text. */
export function applyManifests(engine: KubeEngine, yamlText: string): KubeObject[] {
  return applyObjects(engine, parseManifests(yamlText));
}
