import { widget } from '../../contract/kube-api/widget.ts';
import { get, jsonPatch, merge, p0, post, put } from '../case.ts';
import { definitions, issuers, keyStores, rotations, things, widgets } from './collections.ts';
import { rotation, thing, thingDefinition } from './objects.ts';

const served = { until: { status: 200 } };
const target = { name: 'vault', storeRef: { name: 'vault' }, path: 'team/app' };
const own = (kind: string, name: string, spec: object) => ({
  apiVersion: 'apikeyrotation.io/v1alpha1',
  kind,
  metadata: { name },
  spec: { ...spec },
});
const text = { type: 'string' };
const nested = {
  type: 'object',
  properties: {
    spec: {
      type: 'object',
      default: {},
      properties: {
        mode: { type: 'string', default: 'auto' },
        limits: {
          type: 'object',
          default: { cpu: 1 },
          properties: { cpu: { type: 'integer' }, burst: { type: 'boolean', default: true } },
        },
        steps: {
          type: 'array',
          items: { type: 'object', properties: { name: text, retries: { type: 'integer', default: 3 } } },
        },
        note: { type: 'string', nullable: true, default: 'none' },
        plain: { type: 'string', nullable: true },
      },
    },
  },
};

export const item13 = p0(13, 'structural schemas', {
  'defaults are filled in': [post(widgets, widget('a'))],
  'defaults come where an object, an item or a default is': [
    post(definitions, thingDefinition(nested)),
    get(things, served),
    post(things, thing('a')),
    post(things, thing('b', { spec: { limits: {}, steps: [{ name: 'x' }, { retries: 1 }] } })),
    post(things, thing('c', { spec: { mode: null, note: null, plain: null } })),
    merge(`${things}/a`, { spec: { mode: null, limits: null } }),
  ],
  'defaults that come later are seen in what is stored': [
    post(
      definitions,
      thingDefinition({ type: 'object', properties: { spec: { type: 'object', properties: { other: text } } } }),
    ),
    get(things, served),
    post(things, thing('a', { spec: {} })),
    jsonPatch(
      `${definitions}/things.$(ns).example.com`,
      [
        {
          op: 'add',
          path: '/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties',
          value: { mode: { type: 'string', default: 'auto' } },
        },
      ],
      { part: 'metadata.generation' },
    ),
    get(`${things}/a`, { until: { at: 'spec.mode', is: 'auto' } }),
  ],
  'unknown fields are pruned, with a warning': [
    post(widgets, { ...widget('a', { unknown: 1, parts: [{ name: 'x', more: true }] }), other: 'x' }),
    merge(`${widgets}/a`, { spec: { also: 1 } }),
  ],
  'unknown fields are kept where the schema says so': [
    post(widgets, widget('a', { anything: { x: { y: [1, 'z', null] } } })),
    merge(`${widgets}/a`, { spec: { anything: { more: true } } }),
  ],
  'a required field that is missing': [
    post(widgets, { ...widget('a'), spec: {} }),
    post(widgets, { apiVersion: 'contract.example.com/v1', kind: 'Widget', metadata: { name: 'a' } }),
    post(widgets, widget('a', { parts: [{ count: 1 }] })),
  ],
  'a value outside of the enumeration': [post(widgets, widget('a', { size: 'XL' }))],
  'a number out of its bounds': [
    post(widgets, widget('a', { high: 0 })),
    post(widgets, widget('a', { high: 101 })),
    post(widgets, widget('a', { ratio: 1.5 })),
  ],
  'a text that does not match, or is too long or too short': [
    post(widgets, widget('a', { code: 'ABC' })),
    post(widgets, widget('a', { code: 'abcdef' })),
    post(widgets, widget('a', { code: 'ABCDEF' })),
    post(widgets, widget('a', { label: 'x' })),
  ],
  'values of wrong types': [
    post(widgets, widget('a', { code: 7 })),
    post(widgets, widget('a', { high: '7' })),
    post(widgets, widget('a', { high: 1.5 })),
    post(widgets, widget('a', { tags: 'x' })),
    post(widgets, widget('a', { options: [] })),
    post(widgets, widget('a', { anything: true })),
    post(widgets, { ...widget('a'), spec: 'S' }),
    post(widgets, { ...widget('a'), spec: null }),
  ],
  'several errors at once': [post(widgets, widget('a', { size: 'M', high: 1000, code: 'A', label: '' }))],
  'a set holds each value once': [post(widgets, widget('a', { tags: ['x', 'x'] }))],
  'a list with too many items': [post(widgets, widget('a', { tags: ['x', 'y', 'z'] }))],
  'a map list holds each key once': [
    post(widgets, widget('a', { parts: [{ name: 'x' }, { name: 'y' }, { name: 'x', count: 1 }] })),
  ],
  'a map with too many entries, or of wrong values': [
    post(widgets, widget('a', { options: { a: '1', b: '2', c: '3' } })),
    post(widgets, widget('a', { options: { a: 1 } })),
  ],
  'an int or a string is neither a boolean nor a fraction': [
    post(widgets, widget('a', { port: 80 })),
    post(widgets, widget('b', { port: 'http' })),
    post(widgets, widget('c', { port: true })),
    post(widgets, widget('c', { port: 1.5 })),
  ],
  'null where it is not allowed': [
    post(widgets, widget('a', { high: null })),
    post(widgets, widget('b', { code: null })),
    post(widgets, widget('c', { tags: [null] })),
    post(widgets, widget('d', { size: null })),
  ],
  'an old value that breaks a new schema may stay while it does not change': [
    post(
      definitions,
      thingDefinition({ type: 'object', properties: { spec: { type: 'object', properties: { a: text, b: text } } } }),
    ),
    get(things, served),
    post(things, thing('a', { spec: { a: 'toolong', b: 'x' } })),
    jsonPatch(
      `${definitions}/things.$(ns).example.com`,
      [
        {
          op: 'add',
          path: '/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties/a/maxLength',
          value: 3,
        },
      ],
      { part: 'metadata.generation' },
    ),
    post(things, thing('b', { spec: { a: 'toolong' } }), { until: { status: 422 } }),
    merge(`${things}/a`, { spec: { b: 'y' } }),
    merge(`${things}/a`, { spec: { a: 'longer' } }),
  ],
  'a valid rotation is stored as it was sent': [
    post(rotations, rotation('a', { schedule: { cron: '0 3 * * 1', timeZone: 'Europe/Oslo', jitter: '10m' } })),
  ],
  'a rotation without its parts': [
    post(rotations, rotation('a', { issuerRef: null })),
    post(rotations, rotation('a', { key: {} })),
    post(rotations, rotation('a', { targets: [] })),
    post(rotations, { ...rotation('a'), spec: {} }),
  ],
  'a rotation with wrong values': [
    post(rotations, rotation('a', { deletionPolicy: 'Forget' })),
    post(rotations, rotation('a', { key: { environment: '-', permissions: ['read', 'read'] } })),
    post(rotations, rotation('a', { targets: [{ ...target, name: 'UPPER', path: '/team' }] })),
    post(rotations, rotation('a', { targets: [target, target] })),
    post(rotations, rotation('a', { targets: [{ ...target, fields: { k: 'key', x: 'nonsense' } }] })),
    post(rotations, rotation('a', { schedule: { cron: '* *' }, suspend: 'yes' })),
  ],
  'a rotation whose name is too long': [post(rotations, rotation('n'.repeat(201)))],
  'an issuer and a key store with wrong values': [
    post(issuers, own('ApiKeyIssuer', 'a', { type: 'Other' })),
    post(issuers, own('ApiKeyIssuer', 'a', {})),
    post(keyStores, own('KeyStore', 'a', { type: 'Vault', vault: {} })),
    post(keyStores, own('KeyStore', 'a', { type: 'KubernetesSecret', unknown: 1 })),
  ],
  'a JSON patch that leaves the object invalid': [
    post(widgets, widget('a')),
    jsonPatch(`${widgets}/a`, [{ op: 'remove', path: '/spec/size' }]),
    jsonPatch(`${widgets}/a`, [{ op: 'add', path: '/spec/high', value: 'x' }]),
  ],
  'a PUT that leaves the object invalid': [
    post(widgets, widget('a'), { save: 'made' }),
    put(`${widgets}/a`, { $from: 'made', spec: { code: 'A' } }),
  ],
});
