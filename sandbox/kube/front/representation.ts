import { stringify } from 'yaml';
import { asArray, asObject, type JsonObject, sortKeys } from '../engine/json.ts';
import type { KubeObject } from '../engine/object.ts';
import type { ResourceDefinition } from '../engine/resource.ts';
import { StatusError } from '../engine/status.ts';
import type { Reply } from './message.ts';
import { inclusionOf, partialObject, toTable } from './table.ts';

/** What a client wants to see, in the order in which it wants it. */
interface Form {
  as: string;
  version: string;
  isYaml: boolean;
}

/** What is needed to turn objects into what the Accept header asks for. */
export interface Presentation {
  definition: ResourceDefinition;
  accept: string | undefined;
  query: URLSearchParams;
  now: number;
}

// Protobuf is promised, since clients that prefer it take JSON as well, which is what they get.
const known = /^(\*\/\*|application\/(\*|json|yaml|vnd\.kubernetes\.protobuf))$/;
const views = ['', 'Table', 'PartialObjectMetadata', 'PartialObjectMetadataList'];

/** The first of the accepted forms that the server has. Throws 406. */
function formOf({ accept = '*/*', definition }: Presentation): Form {
  for (const clause of accept.split(',')) {
    const [type = '', ...rest] = clause.split(';').map((part) => part.trim());
    const parameters = new URLSearchParams(rest.join('&'));
    const as = parameters.get('as') ?? '';
    const version = parameters.get('v') ?? 'v1';
    const isView = as === '' || (parameters.get('g') === 'meta.k8s.io' && /^v1(beta1)?$/.test(version));
    if (known.test(type) && views.includes(as) && isView) return { as, version, isYaml: type === 'application/yaml' };
  }
  const forCustom = 'application/json, application/yaml, application/vnd.kubernetes.protobuf';
  if (definition.custom) {
    throw new StatusError(406, 'NotAcceptable', `only the following media types are accepted: ${forCustom}`);
  }
  const all = ['json', 'yaml', 'vnd.kubernetes.protobuf', 'json;stream=watch', 'vnd.kubernetes.protobuf;stream=watch'];
  const available = all.map((name) => `application/${name}`).join(', ');
  const message = `406: Not Acceptable\n\nAvailable representations: ${available}`;
  throw new StatusError(406, 'NotAcceptable', message, {});
}

function itemsOf(body: JsonObject): KubeObject[] | undefined {
  return Array.isArray(body.items) ? (asArray(body.items) as KubeObject[]) : undefined;
}

function partial(body: JsonObject, version: string): JsonObject {
  const items = itemsOf(body)?.map((item) => partialObject(item, version));
  if (!items) return partialObject(body, version);
  const { metadata } = body;
  return { kind: 'PartialObjectMetadataList', apiVersion: `meta.k8s.io/${version}`, metadata, items };
}

/** Turns objects and lists into the form that the client accepts; in a watch only the first Table has columns. Throws 406. */
export function createPresenter(presentation: Presentation): (body: JsonObject) => JsonObject {
  const { as, version } = formOf(presentation);
  const { definition, query, now } = presentation;
  if (as === '') return (body) => body;
  if (as !== 'Table') return (body) => partial(body, version);
  const options = { definition, now, inclusion: inclusionOf(query), version };
  let shown = false;
  return (body) => {
    const table = toTable(itemsOf(body) ?? [body as KubeObject], asObject(body.metadata), options);
    if (shown) table.columnDefinitions = null;
    shown = true;
    return table;
  };
}

/** The reply in the form that the client accepts; a Status stays what it is. */
export function represent(reply: Reply, presentation: Presentation): Reply {
  if (typeof reply.body === 'string') return reply;
  const body = reply.body.kind === 'Status' ? reply.body : createPresenter(presentation)(reply.body);
  if (!formOf(presentation).isYaml) return { ...reply, body };
  const text = stringify(sortKeys(body), { indentSeq: false, lineWidth: 0, version: '1.1' });
  return { ...reply, body: text, contentType: 'application/yaml' };
}
