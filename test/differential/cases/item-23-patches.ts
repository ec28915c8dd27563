import type { JsonObject } from '../../../sandbox/kube/engine/json.ts';
import { get, type Item, jsonPatch, merge, post, type RequestStep, strategic } from '../case.ts';
import { configMaps, deployments, keyStores } from './collections.ts';
import { configMap, deployment, keyStore } from './objects.ts';

const store = `${keyStores}/a`;
const config = `${configMaps}/a`;
const makeStore = post(keyStores, keyStore('a', { labels: { x: '1' } }));
const makeConfig = post(
  configMaps,
  configMap('a', { data: { x: '1' } }, { labels: { x: '1' }, finalizers: ['example.com/a'] }),
);
const web = [
  {
    name: 'main',
    image: 'web:1',
    env: [
      { name: 'A', value: '1' },
      { name: 'B', value: '2' },
    ],
    ports: [{ containerPort: 80 }],
  },
  { name: 'side', image: 'side:1' },
];
const path = `${deployments}/web`;
const makeWeb = post(deployments, deployment('web', web));

/** A change of the pods of the Deployment, and the part of the answer that it is about. */
function patchPods(spec: JsonObject, part: string): RequestStep {
  return strategic(path, { spec: { template: { spec } } }, { part: `spec.template.spec.${part}` });
}
const inMain = (members: JsonObject, part: string) =>
  patchPods({ containers: [{ name: 'main', ...members }] }, `containers.0.${part}`);

export const item23: Item = {
  number: 23,
  tier: 'P1',
  title: 'patches',
  cases: [
    {
      name: 'a merge patch adds, replaces and takes away',
      steps: [makeStore, merge(store, { metadata: { labels: { x: null, y: '2' } } })],
    },
    { name: 'an empty patch changes nothing', steps: [makeStore, merge(store, {}), jsonPatch(store, [])] },
    {
      name: 'a JSON patch adds, replaces, copies, moves and removes',
      steps: [
        makeStore,
        jsonPatch(store, [
          { op: 'add', path: '/metadata/labels/y', value: '2' },
          { op: 'copy', from: '/metadata/labels/x', path: '/metadata/labels/z' },
          { op: 'move', from: '/metadata/labels/x', path: '/metadata/labels/w' },
          { op: 'replace', path: '/metadata/labels/y', value: '3' },
          { op: 'remove', path: '/metadata/labels/z' },
        ]),
      ],
    },
    {
      name: 'a JSON patch whose test fails, or whose place is not there, changes nothing at all',
      steps: [
        makeStore,
        jsonPatch(store, [
          { op: 'add', path: '/metadata/labels/y', value: '2' },
          { op: 'test', path: '/spec/type', value: 'Vault' },
        ]),
        jsonPatch(store, [{ op: 'add', path: '/spec/nope/deeper', value: 1 }]),
        jsonPatch(store, [{ op: 'remove', path: '/spec/nope' }]),
        get(store),
      ],
    },
    {
      name: 'what is no JSON patch is refused',
      steps: [
        makeStore,
        jsonPatch(store, { op: 'add' }),
        jsonPatch(store, [1]),
        jsonPatch(store, [{ op: 'nope', path: '/spec' }]),
      ],
    },
    {
      name: 'a merge patch is an object',
      steps: [makeStore, merge(store, [1]), merge(store, 'text'), merge(store, 1)],
    },
    {
      name: 'a patch that ends too early is refused',
      steps: [
        makeStore,
        { method: 'PATCH', path: store, text: '{"spec":', contentType: 'application/merge-patch+json' },
        { method: 'PATCH', path: store, text: '[', contentType: 'application/json-patch+json' },
        { method: 'PATCH', path: store, text: '', contentType: 'application/merge-patch+json' },
      ],
    },
    {
      name: 'custom objects take no strategic patches',
      steps: [makeStore, strategic(store, { metadata: { labels: { y: '2' } } })],
    },
    {
      name: 'a patch of no known type is refused',
      steps: [
        makeStore,
        makeConfig,
        { method: 'PATCH', path: store, body: {}, contentType: 'application/json' },
        { method: 'PATCH', path: config, body: {}, contentType: 'application/foo' },
      ],
    },
    {
      name: 'a patch of what is not there is refused',
      steps: [merge(`${keyStores}/none`, {}), strategic(`${configMaps}/none`, {})],
    },
    {
      name: 'a patch cannot rename or move an object, or make it another kind',
      steps: [
        makeStore,
        merge(store, { metadata: { name: 'b' } }),
        merge(store, { metadata: { namespace: 'other' } }),
        merge(store, { kind: 'Other' }),
      ],
    },
    {
      name: 'a patch may name the version that it was made from',
      steps: [makeStore, merge(store, { metadata: { resourceVersion: '1' } })],
    },
    {
      name: 'a patch that leaves an invalid object is refused',
      steps: [makeStore, merge(store, { spec: null }), merge(store, { spec: { type: 'Other' } })],
    },
    { name: 'a collection cannot be patched', steps: [merge(keyStores, {}), strategic(configMaps, {})] },
    {
      name: 'lists of plain values merge, and items are taken from them by name',
      steps: [
        makeConfig,
        strategic(config, { metadata: { finalizers: ['example.com/b'] } }),
        strategic(config, { metadata: { '$deleteFromPrimitiveList/finalizers': ['example.com/a'] } }),
        strategic(config, { metadata: { finalizers: null } }),
      ],
    },
    {
      name: 'plain values come in the order that is asked for',
      steps: [
        makeConfig,
        strategic(config, {
          metadata: {
            '$setElementOrder/finalizers': ['example.com/c', 'example.com/a', 'example.com/b'],
            finalizers: ['example.com/c', 'example.com/b'],
          },
        }),
      ],
    },
    {
      name: 'a map is replaced or emptied where the patch says so',
      steps: [
        makeConfig,
        strategic(config, { metadata: { labels: { $patch: 'replace', y: '2' } } }),
        strategic(config, { data: { $patch: 'delete' } }),
      ],
    },
    {
      name: 'maps that a patch empties are left out',
      steps: [
        makeConfig,
        strategic(config, { data: { x: null } }),
        merge(config, { metadata: { labels: { x: null } } }),
      ],
    },
    {
      name: 'containers merge by name',
      steps: [
        makeWeb,
        patchPods({ containers: [{ name: 'main', image: 'web:2' }] }, 'containers.0.image'),
        get(path, { part: 'spec.template.spec.containers.1.image' }),
      ],
    },
    {
      name: 'a new container is appended',
      steps: [
        makeWeb,
        patchPods({ containers: [{ name: 'more', image: 'more:1' }] }, 'containers.0.name'),
        get(path, { part: 'spec.template.spec.containers.2.name' }),
      ],
    },
    {
      name: 'variables merge by name within a container',
      steps: [
        makeWeb,
        inMain(
          {
            env: [
              { name: 'B', value: '3' },
              { name: 'C', value: '4' },
            ],
          },
          'env',
        ),
      ],
    },
    {
      name: 'an item is taken away by its key',
      steps: [makeWeb, inMain({ env: [{ name: 'A', $patch: 'delete' }] }, 'env')],
    },
    {
      name: 'items come in the order that is asked for',
      steps: [
        makeWeb,
        inMain(
          { '$setElementOrder/env': [{ name: 'C' }, { name: 'B' }, { name: 'A' }], env: [{ name: 'C', value: '3' }] },
          'env',
        ),
      ],
    },
    {
      name: 'an item that was added meanwhile keeps its place',
      steps: [
        makeWeb,
        inMain({ env: [{ name: 'AA', value: '0' }] }, 'env'),
        inMain(
          {
            '$setElementOrder/env': [{ name: 'A' }, { name: 'C' }],
            env: [
              { name: 'B', $patch: 'delete' },
              { name: 'C', value: '3' },
            ],
          },
          'env',
        ),
      ],
    },
    {
      name: 'a list is replaced as a whole where the patch says so',
      steps: [makeWeb, inMain({ env: [{ $patch: 'replace' }, { name: 'Z', value: '9' }] }, 'env')],
    },
    {
      name: 'lists without a merge strategy are replaced',
      steps: [makeWeb, inMain({ command: ['a', 'b'] }, 'command'), inMain({ command: ['c'] }, 'command')],
    },
    {
      name: 'keys that are not retained go',
      steps: [
        makeWeb,
        strategic(path, { spec: { strategy: { $retainKeys: ['type'], type: 'Recreate' } } }, { part: 'spec.strategy' }),
      ],
    },
    {
      name: 'volumes and their mounts merge by name and by path',
      steps: [
        makeWeb,
        patchPods({ volumes: [{ name: 'a', emptyDir: {} }] }, 'volumes'),
        inMain({ volumeMounts: [{ name: 'a', mountPath: '/a' }] }, 'volumeMounts'),
        inMain({ volumeMounts: [{ name: 'a', mountPath: '/b' }] }, 'volumeMounts'),
      ],
    },
    {
      name: 'a Deployment is scaled by its subresource',
      steps: [makeWeb, merge(`${path}/scale`, { spec: { replicas: 1 } }), get(`${path}/scale`)],
    },
  ],
};
