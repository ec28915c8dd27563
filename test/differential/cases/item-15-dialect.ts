import type { JsonObject } from '../../../sandbox/kube/engine/json.ts';
import { get, p0, post, type RequestStep } from '../case.ts';
import { definitions, things } from './collections.ts';
import { definitionStories } from './definition-stories.ts';
import { thing, thingDefinition } from './objects.ts';

const text = { type: 'string' };

function withProperties(properties: JsonObject): RequestStep[] {
  const schema = { type: 'object', properties: { spec: { type: 'object', properties } } };
  return [post(definitions, thingDefinition(schema)), get(things, { until: { status: 200 } })];
}

const make = (name: string, spec: JsonObject) => post(things, thing(name, { spec }));
const define = (spec: JsonObject) => post(definitions, thingDefinition({ type: 'object', properties: { spec } }));

export const item15 = p0(15, 'definitions and their schema dialect', {
  ...definitionStories,
  'known formats are checked, unknown ones are not': [
    ...withProperties({
      time: { type: 'string', format: 'date-time' },
      day: { type: 'string', format: 'date' },
      id: { type: 'string', format: 'uuid' },
      mail: { type: 'string', format: 'email' },
      span: { type: 'string', format: 'duration' },
      other: { type: 'string', format: 'postcode' },
    }),
    make('a', { time: 'x', other: '?' }),
    make('a', { day: '2026-13-45' }),
    make('a', { id: 'x' }),
    make('a', { mail: 'x' }),
    make('a', { span: '1 fortnight' }),
    make('a', {
      time: '2026-01-01T00:00:00Z',
      day: '2026-01-01',
      id: '11111111-2222-3333-4444-555555555555',
      span: '1h',
    }),
  ],
  'patterns need not match the whole text': [
    ...withProperties({ a: { type: 'string', pattern: 'b+' }, c: { type: 'string', pattern: '^(x|y)$' } }),
    make('a', { a: 'abba', c: 'x' }),
    make('b', { a: 'a', c: 'xy' }),
  ],
  'bounds may exclude themselves, and steps count': [
    ...withProperties({
      a: { type: 'integer', minimum: 1, exclusiveMinimum: true },
      b: { type: 'number', maximum: 2, exclusiveMaximum: true },
      c: { type: 'integer', multipleOf: 5 },
    }),
    make('a', { a: 1 }),
    make('a', { b: 2 }),
    make('a', { c: 7 }),
    make('a', { a: 2, b: 1.5, c: 10 }),
  ],
  'counts of items and properties': [
    ...withProperties({
      list: { type: 'array', minItems: 2, items: text },
      map: { type: 'object', minProperties: 1, additionalProperties: text },
    }),
    make('a', { list: ['x'] }),
    make('a', { map: {} }),
  ],
  'length counts characters': [
    ...withProperties({ a: { type: 'string', maxLength: 3, minLength: 2 } }),
    make('a', { a: 'äöü' }),
    make('b', { a: '😀😀😀' }),
    make('c', { a: '😀' }),
    make('c', { a: 'abcd' }),
  ],
  'one of, any of, all of, not': [
    ...withProperties({
      one: { type: 'object', properties: { a: text, b: text }, oneOf: [{ required: ['a'] }, { required: ['b'] }] },
      any: { type: 'object', properties: { a: text, b: text }, anyOf: [{ required: ['a'] }, { required: ['b'] }] },
      all: { type: 'object', properties: { a: text, b: text }, allOf: [{ required: ['a'] }, { required: ['b'] }] },
      not: { type: 'object', properties: { a: text }, not: { required: ['a'] } },
    }),
    make('a', { one: { a: 'x', b: 'y' } }),
    make('a', { one: {} }),
    make('a', { any: {} }),
    make('a', { all: { a: 'x' } }),
    make('a', { not: { a: 'x' } }),
    make('a', { one: { a: 'x' }, any: { b: 'x' }, all: { a: 'x', b: 'x' }, not: {} }),
  ],
  'a nullable value may be null, and an enumeration has its say': [
    ...withProperties({
      a: { type: 'string', nullable: true },
      b: { type: 'integer', nullable: true, enum: [1, 2] },
      c: { type: 'integer', enum: [1, 2] },
    }),
    make('a', { a: null }),
    make('b', { b: null }),
    make('c', { c: 3 }),
    make('c', { c: null }),
  ],
  'an embedded resource has kind and metadata': [
    ...withProperties({
      inner: { type: 'object', 'x-kubernetes-embedded-resource': true, 'x-kubernetes-preserve-unknown-fields': true },
    }),
    make('a', { inner: { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'x' }, data: { y: 'z' } } }),
    make('b', { inner: { kind: 'Secret' } }),
  ],
  'a schema without types is not structural': [
    define({ properties: { a: {} } }),
    define({ type: 'object', properties: { list: { type: 'array' } } }),
    define({ type: 'object', properties: { a: { type: 'text' } } }),
  ],
  'a schema cannot do what structural schemas cannot': [
    define({ type: 'array', items: text, uniqueItems: true }),
    define({ type: 'object', properties: { a: text }, additionalProperties: text }),
    define({ type: 'object', properties: { a: { type: 'string', default: 7 } } }),
    define({ type: 'array', 'x-kubernetes-list-type': 'map', items: { type: 'object', properties: { name: text } } }),
  ],
  'a definition is named after its kind and group': [
    post(definitions, { ...thingDefinition({ type: 'object' }), metadata: { name: 'others.$(ns).example.com' } }),
    post(definitions, thingDefinition({ type: 'object' }, { storage: false })),
    post(definitions, thingDefinition({ type: 'object' }, {}, { scope: 'Everywhere' })),
  ],
  'a definition is established, and its names are accepted': [
    post(definitions, thingDefinition({ type: 'object' })),
    get(`${definitions}/things.$(ns).example.com`, { until: { at: 'status.conditions.1.status', is: 'True' } }),
  ],
});
