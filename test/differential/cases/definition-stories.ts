import type { Step } from '../case.ts';
import { get, jsonPatch, merge, post, put, remove, watch } from '../case.ts';
import { definitions, things } from './collections.ts';
import { thing, thingDefinition } from './objects.ts';

const open = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
const own = `${definitions}/things.$(ns).example.com`;
const served = get(things, { until: { status: 200 } });
const established = get(own, { until: { at: 'status.conditions.1.status', is: 'True' }, save: 'now' });

/** What happens to a definition during its life. */
export const definitionStories: Readonly<Record<string, readonly Step[]>> = {
  'a definition is taken away with all its objects': [
    post(definitions, thingDefinition(open)),
    served,
    post(things, thing('a')),
    remove(own, undefined, { part: 'metadata.name' }),
    get(own, { until: { status: 404 } }),
    get(things, { until: { status: 404 } }),
  ],
  'a kind that was taken away can be defined anew, and is empty then': [
    post(definitions, thingDefinition(open)),
    served,
    post(things, thing('a')),
    remove(own, undefined, { part: 'metadata.name' }),
    get(own, { until: { status: 404 } }),
    post(definitions, thingDefinition(open)),
    get(things, { until: { status: 200 } }),
  ],
  'a definition is upgraded in place, and its objects stay': [
    post(
      definitions,
      thingDefinition({
        type: 'object',
        properties: { spec: { type: 'object', properties: { a: { type: 'string' } } } },
      }),
    ),
    // First, so that no version of the definition comes between those of the lists and objects.
    established,
    served,
    post(things, thing('a', { spec: { a: 'x' } })),
    put(own, {
      $from: 'now',
      spec: {
        versions: [
          {
            name: 'v1',
            served: true,
            storage: true,
            schema: {
              openAPIV3Schema: {
                type: 'object',
                properties: {
                  spec: { type: 'object', properties: { a: { type: 'string' }, b: { type: 'integer', default: 1 } } },
                },
              },
            },
          },
        ],
      },
    }),
    get(`${things}/a`, { until: { at: 'spec.b', is: 1 } }),
    merge(`${things}/a`, { spec: { b: 2 } }),
  ],
  'what names a kind never changes': [
    post(definitions, thingDefinition(open)),
    established,
    merge(own, { spec: { scope: 'Cluster' } }),
    merge(own, { spec: { group: 'other.example.com' } }),
    merge(own, { spec: { names: { plural: 'others' } } }),
  ],
  'a kind may belong to the cluster': [
    post(definitions, thingDefinition(open, {}, { scope: 'Cluster' })),
    get('/apis/$(ns).example.com/v1/things', { until: { status: 200 } }),
    post('/apis/$(ns).example.com/v1/things', thing('a')),
    get('/apis/$(ns).example.com/v1/things/a'),
    post(things, thing('b')),
    remove('/apis/$(ns).example.com/v1/things/a'),
  ],
  'a kind that is not served is not found': [
    post(definitions, thingDefinition(open, { served: false })),
    established,
    get(things),
  ],
  'a definition needs all its parts': [
    post(definitions, { metadata: { name: 'things.$(ns).example.com' }, spec: {} }, { part: 'reason' }),
    post(definitions, thingDefinition(open, {}, { names: { plural: 'things' } })),
    post(definitions, thingDefinition(open, { name: 'Version' })),
    post(definitions, thingDefinition(open, { schema: null })),
  ],
  'a definition that changes is an event': [
    post(definitions, thingDefinition(open)),
    established,
    jsonPatch(own, [{ op: 'add', path: '/metadata/labels', value: { x: '1' } }]),
    watch(
      `${definitions}?watch=true&fieldSelector=metadata.name%3Dthings.$(ns).example.com&resourceVersion=$(now.metadata.resourceVersion)`,
      1,
    ),
  ],
};
