import { createHash } from 'node:crypto';
import type { KubeEngine } from '../engine/engine.ts';
import type { Json, JsonObject } from '../engine/json.ts';
import { groupVersion } from '../engine/object.ts';
import { type ResourceDefinition, verbsOf } from '../engine/resource.ts';
import { openApi } from './open-api.ts';

/** A discovery document and the content type it goes out with. */
export interface Document {
  /** 200 when absent. */
  code?: number;
  body: JsonObject | string;
  contentType?: string;
}

const aggregatedType = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';
/** Version 2 is asked for kinds that version 3 does not know: `swagger: "2.0"`, `info`, `paths`, as protobuf. */
const emptySwagger = '\n\x032.0\x12\x0f\n\nKubernetes\x12\x01-B\0';
const swaggerType = 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf';
const version = { major: '1', minor: '36', gitVersion: 'v1.36.3+sandbox', platform: 'linux/amd64' };

function groupsOf(engine: KubeEngine): Map<string, ResourceDefinition[]> {
  const groups = Map.groupBy(engine.resources(), ({ group }) => group);
  groups.delete('');
  return groups;
}

/** Subresources of another type than their resource. */
const subresourceTypes: { [subresource: string]: JsonObject } = {
  token: { group: 'authentication.k8s.io', version: 'v1', kind: 'TokenRequest' },
  scale: { group: 'autoscaling', version: 'v1', kind: 'Scale' },
};

/** Tells clients that a resource is stored as another type than before. */
function storageHash({ group: name, version: served, kind }: ResourceDefinition): string {
  return createHash('sha256').update(`${name}/${served}/${kind}`).digest().subarray(0, 8).toString('base64');
}

function subresourceVerbs(subresource: string): string[] {
  return subresource === 'token' ? ['create'] : ['get', 'patch', 'update'];
}

function resourceList(definitions: ResourceDefinition[], gv: string): JsonObject {
  const sorted = definitions.toSorted((a, b) => (a.resource < b.resource ? -1 : 1));
  const resources: Json[] = sorted.flatMap((definition) => {
    const { resource: name, singular: singularName, namespaced, kind } = definition;
    const verbs = verbsOf(definition);
    const subresources = definition.subresources.map((subresource) => {
      const type = subresourceTypes[subresource] ?? { kind };
      return {
        name: `${name}/${subresource}`,
        singularName: '',
        namespaced,
        ...type,
        verbs: subresourceVerbs(subresource),
      };
    });
    const names = {
      ...namesOf(definition),
      ...(definition.stored && { storageVersionHash: storageHash(definition) }),
    };
    return [{ name, singularName, namespaced, kind, verbs, ...names }, ...subresources];
  });
  return { kind: 'APIResourceList', apiVersion: 'v1', groupVersion: gv, resources };
}

function group(name: string, definitions: ResourceDefinition[]): JsonObject {
  const served = definitions[0]?.version ?? '';
  const entry = { groupVersion: groupVersion(name, served), version: served };
  return { name, versions: [entry], preferredVersion: entry };
}

/** What discovery says of a resource's other names, where it has some. */
function namesOf({ shortNames, categories }: ResourceDefinition): JsonObject {
  return { ...(shortNames.length > 0 && { shortNames }), ...(categories.length > 0 && { categories }) };
}

function aggregatedResource(definition: ResourceDefinition): Json {
  const { group: name, version: served, kind, custom } = definition;
  // Built-in kinds are of the group and version in which they are listed.
  const responseKind = custom ? { group: name, version: served, kind } : { group: '', version: '', kind };
  const subresources: Json[] = definition.subresources.toSorted().map((subresource) => ({
    subresource,
    responseKind: subresourceTypes[subresource] ?? responseKind,
    verbs: subresourceVerbs(subresource),
  }));
  return {
    resource: definition.resource,
    responseKind,
    scope: definition.namespaced ? 'Namespaced' : 'Cluster',
    singularResource: definition.singular,
    verbs: verbsOf(definition),
    ...namesOf(definition),
    ...(subresources.length > 0 && { subresources }),
  };
}

function aggregated(groups: [string, ResourceDefinition[]][]): Document {
  const items: Json[] = groups.map(([name, definitions]) => {
    const resources = definitions.map(aggregatedResource);
    const versions: Json[] = [{ version: definitions[0]?.version ?? '', freshness: 'Current', resources }];
    return { metadata: name === '' ? {} : { name }, versions };
  });
  const body = { kind: 'APIGroupDiscoveryList', apiVersion: 'apidiscovery.k8s.io/v2', metadata: {}, items };
  return { body, contentType: aggregatedType };
}

function openApiDocument(engine: KubeEngine, path: string): Document | undefined {
  const body = openApi(engine, path);
  if (body === undefined) return undefined;
  return body === '' ? { code: 404, body, contentType: '' } : { body };
}

function core(engine: KubeEngine): ResourceDefinition[] {
  return engine.resources().filter((definition) => definition.group === '');
}

function groupDocument(engine: KubeEngine, path: string): Document | undefined {
  const [, name = '', served] = /^\/apis\/([^/]+)(?:\/([^/]+))?$/.exec(path) ?? [];
  const definitions = groupsOf(engine).get(name);
  if (!definitions) return undefined;
  if (served === undefined) return { body: { kind: 'APIGroup', apiVersion: 'v1', ...group(name, definitions) } };
  return definitions[0]?.version === served ? { body: resourceList(definitions, `${name}/${served}`) } : undefined;
}

/** Answers the paths that describe the API; undefined for all others. */
export function discover(engine: KubeEngine, path: string, accept = ''): Document | undefined {
  const wantsAggregated = accept.includes('as=APIGroupDiscoveryList') && accept.includes('v=v2;');
  switch (path) {
    case '/version':
      return { body: version };
    case '/api':
      if (wantsAggregated) return aggregated([['', core(engine)]]);
      return { body: { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [] } };
    case '/apis': {
      const groups = [...groupsOf(engine)];
      if (wantsAggregated) return aggregated(groups);
      const list: Json[] = groups.map(([name, definitions]) => group(name, definitions));
      return { body: { kind: 'APIGroupList', apiVersion: 'v1', groups: list } };
    }
    case '/api/v1':
      return { body: resourceList(core(engine), 'v1') };
    case '/healthz':
    case '/livez':
    case '/readyz':
      return { body: 'ok', contentType: 'text/plain; charset=utf-8' };
    case '/openapi/v2':
      return { body: emptySwagger, contentType: swaggerType };
    default:
      return groupDocument(engine, path) ?? openApiDocument(engine, path);
  }
}
