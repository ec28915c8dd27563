import { secret, widget } from '../../contract/kube-api/widget.ts';
import { get, type Item, merge, post, put, remove, watch } from '../case.ts';
import { configMaps, deployments, keyStores, secrets, widgets } from './collections.ts';
import { configMap, deployment, keyStore } from './objects.ts';

const text = (path: string, body: string) => ({ method: 'POST', path, text: body });
const twice = (spec: string) =>
  `{"apiVersion":"apikeyrotation.io/v1alpha1","kind":"KeyStore","metadata":{"name":"a","name":"b"},"spec":${spec}}`;

export const item25: Item = {
  number: 25,
  tier: 'P1',
  title: 'dry runs, field validation, field managers',
  cases: [
    {
      name: 'a dry creation stores nothing',
      steps: [post(`${secrets}?dryRun=All`, secret('a', { stringData: { x: '1' } })), get(`${secrets}/a`)],
    },
    {
      name: 'a dry creation is refused where a real one is',
      steps: [
        post(`${widgets}?dryRun=All`, widget('a', { size: 'M' })),
        post(secrets, secret('a')),
        post(`${secrets}?dryRun=All`, secret('a')),
      ],
    },
    {
      name: 'dry changes keep the version and are no events',
      steps: [
        post(widgets, widget('a'), { save: 'made' }),
        put(`${widgets}/a?dryRun=All`, { $from: 'made', spec: { low: null, code: 'x' } }),
        merge(`${widgets}/a?dryRun=All`, { spec: { code: 'y' } }),
        merge(`${widgets}/a/status?dryRun=All`, { status: { phase: 'Up' } }),
        watch(`${widgets}?watch=true&resourceVersion=$(made.metadata.resourceVersion)`, 1, [
          merge(`${widgets}/a`, { metadata: { labels: { last: 'word' } } }),
        ]),
      ],
    },
    {
      name: 'a dry deletion leaves the object',
      steps: [
        post(secrets, secret('a')),
        remove(`${secrets}/a?dryRun=All`),
        remove(`${secrets}/a`, { dryRun: ['All'] }),
        get(`${secrets}/a`),
      ],
    },
    {
      name: 'a dry deletion of what finalizers hold shows the mark',
      steps: [
        post(widgets, widget('a', {}, { finalizers: ['example.com/a'] })),
        remove(`${widgets}/a?dryRun=All`),
        get(`${widgets}/a`),
      ],
    },
    {
      name: 'a dry deletion of a collection shows what it would delete',
      steps: [post(secrets, secret('a')), remove(`${secrets}?dryRun=All`), get(secrets)],
    },
    {
      name: 'a dry creation gets a generated name',
      steps: [post(`${secrets}?dryRun=All`, { apiVersion: 'v1', kind: 'Secret', metadata: { generateName: 'a-' } })],
    },
    {
      name: 'runs are dry in all stages or not at all',
      steps: [
        post(`${secrets}?dryRun=Some`, secret('a')),
        post(secrets, secret('a')),
        put(`${secrets}/a?dryRun=Some`, secret('a')),
        merge(`${secrets}/a?dryRun=Some`, {}),
        remove(`${secrets}/a?dryRun=Some`),
      ],
    },
    {
      name: 'strict validation refuses unknown fields of custom objects',
      steps: [
        post(`${keyStores}?fieldValidation=Strict`, {
          ...keyStore('a'),
          spec: { type: 'KubernetesSecret', z: 1, b: { c: 1 } },
          other: 1,
        }),
      ],
    },
    {
      name: 'warnings name unknown fields of custom objects',
      steps: [
        post(keyStores, { ...keyStore('a'), spec: { type: 'KubernetesSecret', z: 1, b: { c: 1 } } }),
        post(`${keyStores}?fieldValidation=Warn`, { ...keyStore('b'), other: 1 }),
      ],
    },
    {
      name: 'unknown fields can be ignored',
      steps: [
        post(`${keyStores}?fieldValidation=Ignore`, { ...keyStore('a'), other: 1 }),
        post(`${configMaps}?fieldValidation=Ignore`, configMap('a', { other: 1 })),
      ],
    },
    {
      name: 'unknown fields of metadata are found',
      steps: [
        post(`${keyStores}?fieldValidation=Strict`, keyStore('a', { other: 1 })),
        post(keyStores, keyStore('b', { other: 1 })),
        post(`${configMaps}?fieldValidation=Strict`, configMap('a', {}, { other: 1 })),
      ],
    },
    {
      name: 'strict validation refuses unknown fields of built-in objects',
      steps: [
        post(`${configMaps}?fieldValidation=Strict`, configMap('a', { dataa: { x: '1' } })),
        post(`${secrets}?fieldValidation=Strict`, secret('a', { dataa: {} })),
      ],
    },
    {
      name: 'unknown fields deep in a Deployment are found',
      steps: [
        post(`${deployments}?fieldValidation=Strict`, deployment('web', [{ name: 'main', image: 'web:1', imag: 'x' }])),
      ],
    },
    {
      name: 'warnings name unknown fields of built-in objects',
      steps: [post(configMaps, configMap('a', { other: 1, more: { x: 1 } }))],
    },
    {
      name: 'an update is validated like a creation',
      steps: [
        post(configMaps, configMap('a')),
        put(`${configMaps}/a?fieldValidation=Strict`, configMap('a', { other: 1 })),
        put(`${configMaps}/a`, configMap('a', { other: 1 })),
      ],
    },
    {
      name: 'warnings name what a patch adds',
      steps: [post(keyStores, keyStore('a')), merge(`${keyStores}/a`, { spec: { other: 1 } })],
    },
    {
      name: 'strict validation refuses fields that come twice',
      steps: [text(`${keyStores}?fieldValidation=Strict`, twice('{"type":"Vault","type":"KubernetesSecret"}'))],
    },
    {
      name: 'the last of a field that comes twice counts, with a warning',
      steps: [text(keyStores, twice('{"type":"Vault","type":"KubernetesSecret"}'))],
    },
    {
      name: 'fields of built-in objects may come twice as well',
      steps: [
        text(
          `${configMaps}?fieldValidation=Strict`,
          '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"},"data":{"x":"1","x":"2"},"data":{"y":"3"}}',
        ),
        text(configMaps, '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"},"data":{"x":"1","x":"2"}}'),
      ],
    },
    {
      name: 'fields are validated in one of three ways',
      steps: [
        post(`${configMaps}?fieldValidation=Somehow`, configMap('a')),
        post(configMaps, configMap('a')),
        merge(`${configMaps}/a?fieldValidation=Somehow`, {}),
      ],
    },
    {
      name: 'the name of a field manager has at most 128 characters',
      steps: [
        post(`${configMaps}?fieldManager=${'x'.repeat(128)}`, configMap('a')),
        post(`${configMaps}?fieldManager=${'x'.repeat(129)}`, configMap('b')),
      ],
    },
    {
      name: 'a body that is no JSON is refused',
      steps: [text(configMaps, '{'), text(configMaps, '{"kind":}'), text(keyStores, ''), text(keyStores, '{}')],
    },
    {
      name: 'values of another type than their fields are refused',
      steps: [
        post(configMaps, configMap('a', { data: { x: 1 } })),
        post(configMaps, configMap('a', { data: [] })),
        post(configMaps, configMap('a', { data: 'x' })),
        post(secrets, secret('a', { data: { x: true } })),
        post(secrets, secret('a', { immutable: 'yes' })),
        post(deployments, deployment('web', [{ name: 'main', image: 1 }])),
        post(deployments, deployment('web', [{ name: 'main', image: 'web:1', ports: [{ containerPort: '80' }] }])),
        post(deployments, deployment('web', [{ name: 'main', image: 'web:1', command: 'sh' }])),
      ],
    },
    {
      name: 'a body may be YAML',
      steps: [
        {
          method: 'POST',
          path: configMaps,
          contentType: 'application/yaml',
          text: 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {x: "1"}\n',
        },
      ],
    },
    {
      name: 'a body of another type is refused',
      steps: [{ method: 'POST', path: configMaps, contentType: 'text/plain', text: 'x' }],
    },
  ],
};
