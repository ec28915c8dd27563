import type { Json, JsonObject } from '../../../sandbox/kube/engine/json.ts';
import { widget } from '../../contract/kube-api/widget.ts';
import { get, jsonPatch, merge, p0, post, type RequestStep } from '../case.ts';
import { celLibraryStories } from './cel-library-stories.ts';
import { definitions, issuers, keyStores, rotations, things, widgets } from './collections.ts';
import { rotation, thing, thingDefinition } from './objects.ts';

const text = { type: 'string', maxLength: 64 };
const int = { type: 'integer' };

/** Defines Thing with these properties of spec and these rules, and waits until it is served. */
function withRules(properties: JsonObject, rules: Json[], more: JsonObject = {}): RequestStep[] {
  const spec = { type: 'object', properties, ...(rules.length > 0 && { 'x-kubernetes-validations': rules }) };
  return [
    post(definitions, thingDefinition({ type: 'object', properties: { spec, ...more } })),
    get(things, { until: { status: 200 } }),
  ];
}

const token = { secretRef: { name: 'vault', key: 'token' } };
const caRef = { kind: 'ConfigMap', name: 'vault-ca', key: 'ca.crt' };

/** A KeyStore at Vault that logs in like this. */
const vaultStore = (name: string, auth: JsonObject, more: JsonObject = {}) =>
  post(keyStores, {
    apiVersion: 'apikeyrotation.io/v1alpha1',
    kind: 'KeyStore',
    metadata: { name },
    spec: { type: 'Vault', vault: { url: 'https://vault.test', mount: 'kv', auth, ...more } },
  });

const make = (name: string, spec: JsonObject) => post(things, thing(name, { spec }));
const change = (name: string, spec: JsonObject) => merge(`${things}/${name}`, { spec });
const target = { name: 'vault', storeRef: { name: 'vault' }, path: 'team/app' };
const report = { type: 'Report', report: { serviceAccountName: 'app' } };

export const item14 = p0(14, 'CEL rules', {
  ...celLibraryStories,
  'a transition rule does not look at a create, and refuses a change': [
    post(widgets, widget('a')),
    merge(`${widgets}/a`, { spec: { size: 'L' } }),
    merge(`${widgets}/a`, { spec: { high: 20 } }),
  ],
  'a rule over two fields': [
    post(widgets, widget('a', { low: 20 })),
    post(widgets, widget('b', { low: 5 })),
    merge(`${widgets}/b`, { spec: { low: 50 } }),
  ],
  'a field that may not come or go': [
    post(widgets, widget('a')),
    merge(`${widgets}/a`, { spec: { low: 1 } }),
    post(widgets, widget('b', { low: 1 })),
    merge(`${widgets}/b`, { spec: { low: null } }),
  ],
  'a store at Vault logs in by the member of its type': [
    vaultStore('a', { type: 'Kubernetes', kubernetes: { role: 'r', serviceAccountName: 's' } }),
    vaultStore('b', { type: 'JWT', jwt: { role: 'r', serviceAccountName: 's' } }),
    vaultStore('c', { type: 'AppRole', appRole: { roleID: 'r', secretRef: { name: 's', key: 'id' } } }),
    vaultStore('d', { type: 'Token', token: { secretRef: { name: 's', key: 't' } } }),
    vaultStore('e', { type: 'Kubernetes', jwt: { role: 'r', serviceAccountName: 's' } }),
    vaultStore('e', { type: 'AppRole' }),
    vaultStore('e', { type: 'AppRole', appRole: { roleID: 'two words', secretRef: { name: 's', key: 'id' } } }),
  ],
  'a store at Vault names certificates once, and with https': [
    vaultStore('a', { type: 'Token', token }, { caRef, tolerate: ['MaxVersions'] }),
    vaultStore('b', { type: 'Token', token }, { caRef, ca: '-----BEGIN CERTIFICATE-----' }),
    vaultStore('b', { type: 'Token', token }, { ca: 'MIIB' }),
    vaultStore('b', { type: 'Token', token }, { caRef, url: 'http://vault.test' }),
    vaultStore('b', { type: 'Token', token }, { tolerate: ['MaxVersions', 'MaxVersions'] }),
  ],
  'a message that is computed': [
    post(widgets, widget('a', { wait: '25h' })),
    post(widgets, widget('b', { wait: '24h' })),
  ],
  'a rule without a message is named by itself': [
    ...withRules({ n: int }, [{ rule: 'self.n > 3' }]),
    make('a', { n: 3 }),
    make('b', { n: 4 }),
  ],
  'reason and fieldPath': [
    ...withRules({ a: text, b: text, c: text, d: text }, [
      { rule: "self.a != 'no'", reason: 'FieldValueForbidden', fieldPath: '.a', message: 'a is not no' },
      { rule: 'has(self.b)', reason: 'FieldValueRequired', fieldPath: '.b', message: 'b is needed' },
      { rule: "self.c != 'dup'", reason: 'FieldValueDuplicate', fieldPath: '.c', message: 'c is there already' },
      { rule: "self.d != 'bad'", reason: 'FieldValueInvalid', fieldPath: '.d', message: 'd is bad' },
    ]),
    make('a', { a: 'no', c: 'dup', d: 'bad' }),
    make('a', { a: 'no', b: 'x', c: 'x', d: 'x' }),
  ],
  'a rule at the root, and one over the name': [
    post(
      definitions,
      thingDefinition({
        type: 'object',
        properties: { spec: { type: 'object', properties: { n: int } } },
        'x-kubernetes-validations': [
          { rule: "self.metadata.name.startsWith('a')", message: 'the name begins with a' },
          { rule: '!has(self.spec) || self.spec.n < 10', message: 'n is below 10' },
        ],
      }),
    ),
    get(things, { until: { status: 200 } }),
    make('b', { n: 11 }),
    make('a', { n: 9 }),
    make('ab', { n: 10 }),
  ],
  'optionalOldSelf looks at a create, too': [
    ...withRules({ n: int }, [
      {
        rule: 'oldSelf.hasValue() ? self.n >= oldSelf.value().n : self.n == 0',
        optionalOldSelf: true,
        message: 'n grows from 0',
      },
    ]),
    make('a', { n: 5 }),
    make('a', { n: 0 }),
    change('a', { n: 7 }),
    change('a', { n: 6 }),
  ],
  'rules of items name the item': [
    ...withRules(
      {
        list: {
          type: 'array',
          maxItems: 8,
          items: {
            type: 'object',
            properties: { n: int },
            'x-kubernetes-validations': [{ rule: 'self.n > 0', message: 'n is positive' }],
          },
        },
        map: {
          type: 'object',
          maxProperties: 8,
          additionalProperties: {
            type: 'integer',
            'x-kubernetes-validations': [{ rule: 'self < 5', message: 'below 5' }],
          },
        },
      },
      [],
    ),
    make('a', { list: [{ n: 1 }, { n: 0 }], map: { x: 4, y: 5 } }),
  ],
  'transition rules of map lists follow the key': [
    ...withRules(
      {
        list: {
          type: 'array',
          maxItems: 8,
          'x-kubernetes-list-type': 'map',
          'x-kubernetes-list-map-keys': ['name'],
          items: {
            type: 'object',
            required: ['name'],
            properties: { name: text, n: int },
            'x-kubernetes-validations': [{ rule: 'self.n >= oldSelf.n', message: 'n never falls' }],
          },
        },
      },
      [],
    ),
    make('a', {
      list: [
        { name: 'x', n: 1 },
        { name: 'y', n: 5 },
      ],
    }),
    change('a', {
      list: [
        { name: 'y', n: 5 },
        { name: 'x', n: 2 },
      ],
    }),
    change('a', {
      list: [
        { name: 'y', n: 4 },
        { name: 'x', n: 2 },
      ],
    }),
    change('a', { list: [{ name: 'z', n: 0 }] }),
  ],
  'macros, strings and lists': [
    ...withRules({ names: { type: 'array', maxItems: 8, items: text }, first: text, n: int }, [
      { rule: 'self.names.all(x, x.size() > 1)', message: 'all' },
      { rule: "self.names.exists(x, x.contains('b'))", message: 'exists' },
      { rule: "self.names.exists_one(x, x.startsWith('a'))", message: 'exists_one' },
      { rule: "self.names.map(x, x + '!').filter(x, x.endsWith('b!')).size() == 1", message: 'map and filter' },
      { rule: 'self.first in self.names && self.first.lowerAscii() == self.first', message: 'in' },
      {
        rule: "self.first.split('').size() == self.n && self.first.replace('a', 'b') != self.first",
        message: 'split and replace',
      },
      { rule: "self.names.join('-').indexOf('-') == 2", message: 'join' },
    ]),
    make('a', { names: ['ab', 'cd'], first: 'ab', n: 2 }),
    make('b', { names: ['ab', 'ax', 'c'], first: 'AB', n: 3 }),
  ],
  'arithmetic, ternaries and conversions': [
    ...withRules({ a: int, b: int, t: text }, [
      { rule: 'self.a + self.b * 2 == 7 && self.a % 2 == 1', message: 'sum' },
      { rule: 'self.a > self.b ? self.a - self.b > 0 : true', message: 'ternary' },
      { rule: "self.t + 'x' == '1x' && string(1) == self.t", message: 'string' },
      { rule: "int('3') == self.b", message: 'int' },
    ]),
    make('a', { a: 1, b: 3, t: '1' }),
    make('b', { a: 2, b: 4, t: '1' }),
  ],
  'durations and timestamps': [
    ...withRules({ d: text, at: { type: 'string', format: 'date-time' } }, [
      { rule: "duration(self.d) < duration('1h')", message: 'below an hour' },
      { rule: "self.at > timestamp('2026-01-01T00:00:00Z')", message: 'in this year' },
    ]),
    make('a', { d: '59m', at: '2026-02-01T00:00:00Z' }),
    make('b', { d: '61m', at: '2025-02-01T00:00:00Z' }),
  ],
  'a rule that fails to run refuses': [
    ...withRules({ d: text, m: { type: 'object', additionalProperties: text } }, [
      { rule: 'duration(self.d) < duration("1h")', message: 'below an hour' },
    ]),
    make('a', { d: 'nonsense' }),
  ],
  'rules are not asked where the schema is broken': [post(widgets, widget('a', { low: 20, code: 7, wait: 'x' }))],
  'what does not change is not judged by a rule that came later': [
    ...withRules({ a: { ...text }, b: text }, []),
    make('a', { a: 'old', b: 'x' }),
    jsonPatch(
      `${definitions}/things.$(ns).example.com`,
      [
        {
          op: 'add',
          path: '/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties/a/x-kubernetes-validations',
          value: [{ rule: "self == 'new'", message: 'a is new' }],
        },
      ],
      { part: 'metadata.generation' },
    ),
    post(things, thing('b', { spec: { a: 'old' } }), { until: { status: 422 } }),
    change('a', { b: 'y' }),
    change('a', { a: 'other' }),
    change('a', { a: 'new' }),
  ],
  'a rule over status is asked at /status only': [
    post(
      definitions,
      thingDefinition(
        {
          type: 'object',
          properties: {
            spec: { type: 'object', properties: { n: int } },
            status: {
              type: 'object',
              properties: { n: int },
              'x-kubernetes-validations': [{ rule: 'self.n >= oldSelf.n', message: 'n never falls' }],
            },
          },
        },
        { subresources: { status: {} } },
      ),
    ),
    get(things, { until: { status: 200 } }),
    make('a', { n: 1 }),
    merge(`${things}/a/status`, { status: { n: 5 } }),
    merge(`${things}/a/status`, { status: { n: 4 } }),
    change('a', { n: 2 }),
  ],
  'a rotation names either consumers or no evidence': [
    post(rotations, rotation('a', { withoutEvidence: null })),
    post(rotations, rotation('a', { consumers: [{ name: 'app', evidence: [report] }] })),
  ],
  'the environment of a key never changes': [
    post(rotations, rotation('a')),
    merge(`${rotations}/a`, { spec: { key: { environment: 'Live' } } }),
    merge(`${rotations}/a`, { spec: { key: { permissions: ['read', 'write'] } } }),
  ],
  'durations of a rotation': [
    post(rotations, rotation('a', { withoutEvidence: { overlap: 'soon' } })),
    post(rotations, rotation('a', { withoutEvidence: { overlap: '9000h' } })),
    post(rotations, rotation('a', { migration: { gracePeriod: '1d', deadline: '-1h' } })),
  ],
  'paths and fields of a target': [
    post(rotations, rotation('a', { targets: [{ ...target, path: 'team/../app' }] })),
    post(rotations, rotation('a', { targets: [{ ...target, fields: { id: 'keyID' } }] })),
    post(rotations, rotation('a', { targets: [{ ...target, fields: { 'a b': 'key' } }] })),
  ],
  'evidence and adoption go with their members': [
    post(
      rotations,
      rotation('a', { withoutEvidence: null, consumers: [{ name: 'app', evidence: [{ type: 'Report' }] }] }),
    ),
    post(
      rotations,
      rotation('a', { withoutEvidence: null, consumers: [{ name: 'app', evidence: [{ ...report, type: 'Proof' }] }] }),
    ),
    post(rotations, rotation('a', { existingKey: { policy: 'Refuse', keyID: 'k1' } })),
  ],
  'an issuer and a key store go with their members': [
    post(issuers, {
      apiVersion: 'apikeyrotation.io/v1alpha1',
      kind: 'ApiKeyIssuer',
      metadata: { name: 'a' },
      spec: { type: 'APIO' },
    }),
    post(keyStores, {
      apiVersion: 'apikeyrotation.io/v1alpha1',
      kind: 'KeyStore',
      metadata: { name: 'a' },
      spec: { type: 'Vault' },
    }),
  ],
  'a rule that does not compile is refused with its definition': [
    post(
      definitions,
      thingDefinition({
        type: 'object',
        properties: { spec: { type: 'object', 'x-kubernetes-validations': [{ rule: 'self.(' }] } },
      }),
      { part: 'details.causes.0.field' },
    ),
  ],
});
