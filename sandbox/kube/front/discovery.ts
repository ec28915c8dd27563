import type { KubeEngine } from '../engine/engine.ts';
import type { Json, JsonObject } from '../engine/json.ts';
import { groupVersion } from '../engine/object.ts';
import { type ResourceDefinition, verbsOf } from '../engine/resource.ts';

/** A discovery document and the content type it goes out with. */
export interface Document {
  body: JsonObject;
  contentType?: string;
}

const aggregatedType = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';
const version = { major: '1', minor: '36', gitVersion: 'v1.36.3+sandbox', platform: 'linux/amd64' };

function groupsOf(engine: KubeEngine): Map<string, ResourceDefinition[]> {
  const groups = Map.groupBy(engine.resources(), ({ group }) => group);
  groups.delete('');
  return groups;
}

function subresourceVerbs(subresource: string): string[] {
  return subresource === 'token' ? ['create'] : ['get', 'patch', 'update'];
}

function resourceList(definitions: ResourceDefinition[], gv: string): JsonObject {
  const resources: Json[] = definitions.flatMap((definition) => {
    const { resource: name, singular: singularName, namespaced, kind, shortNames, categories } = definition;
    const verbs = verbsOf(definition);
    const subresources = definition.subresources.map((subresource) => {
      const type =
        subresource === 'token' ? { kind: 'TokenRequest', group: 'authentication.k8s.io', version: 'v1' } : { kind };
      return {
        name: `${name}/${subresource}`,
        singularName: '',
        namespaced,
        ...type,
        verbs: subresourceVerbs(subresource),
      };
    });
    return [{ name, singularName, namespaced, kind, verbs, shortNames, categories }, ...subresources];
  });
  return { kind: 'APIResourceList', apiVersion: 'v1', groupVersion: gv, resources };
}

function group(name: string, definitions: ResourceDefinition[]): JsonObject {
  const served = definitions[0]?.version ?? '';
  const entry = { groupVersion: groupVersion(name, served), version: served };
  return { name, versions: [entry], preferredVersion: entry };
}

function aggregatedResource(definition: ResourceDefinition): Json {
  const { group: name, version: served, kind, shortNames, categories } = definition;
  const responseKind = { group: name, version: served, kind };
  return {
    resource: definition.resource,
    responseKind,
    scope: definition.namespaced ? 'Namespaced' : 'Cluster',
    singularResource: definition.singular,
    verbs: verbsOf(definition),
    shortNames,
    categories,
    subresources: definition.subresources.map((subresource) => ({
      subresource,
      responseKind,
      verbs: subresourceVerbs(subresource),
    })),
  };
}

function aggregated(groups: [string, ResourceDefinition[]][]): Document {
  const items: Json[] = groups.map(([name, definitions]) => {
    const resources = definitions.map(aggregatedResource);
    const versions: Json[] = [{ version: definitions[0]?.version ?? '', freshness: 'Current', resources }];
    return { metadata: { name }, versions };
  });
  const body = { kind: 'APIGroupDiscoveryList', apiVersion: 'apidiscovery.k8s.io/v2', metadata: {}, items };
  return { body, contentType: aggregatedType };
}

const queryParameters: Json[] = ['dryRun', 'fieldManager', 'fieldValidation', 'force'].map((name) => ({
  name,
  in: 'query',
}));

/** PATCH of a kind and its parameters: kubectl learns from it that the server validates fields and knows dry runs. */
function openApiDocument(definitions: ResourceDefinition[]): JsonObject {
  const paths = definitions.map(({ group: name, version: served, resource, kind, namespaced }) => {
    const root = name === '' ? '/api' : `/apis/${name}`;
    const patch = {
      parameters: queryParameters,
      responses: {},
      'x-kubernetes-action': 'patch',
      'x-kubernetes-group-version-kind': { group: name, version: served, kind },
    };
    return [`${root}/${served}/${namespaced ? 'namespaces/{namespace}/' : ''}${resource}/{name}`, { patch }];
  });
  const info = { title: 'Kubernetes', version: version.gitVersion };
  return { openapi: '3.0.0', info, paths: Object.fromEntries(paths), components: { schemas: {} } };
}

function openApi(engine: KubeEngine, path: string): Document | undefined {
  const groups = Map.groupBy(engine.resources(), ({ group: name, version: served }) =>
    name === '' ? `api/${served}` : `apis/${name}/${served}`,
  );
  const definitions = groups.get(path.replace('/openapi/v3/', ''));
  if (definitions) return { body: openApiDocument(definitions) };
  if (path !== '/openapi/v3') return undefined;
  const links = [...groups.keys()].map((gv) => [
    gv,
    { serverRelativeURL: `/openapi/v3/${gv}?hash=${groups.get(gv)?.length}` },
  ]);
  return { body: { paths: Object.fromEntries(links) } };
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
      return { body: { status: 'ok' } };
    default:
      return groupDocument(engine, path) ?? openApi(engine, path);
  }
}
