import { expect, test } from 'vitest';
import type { Json, JsonObject } from '../../sandbox/kube/engine/json.ts';
import type { Case } from './case.ts';
import { difference } from './comparing/compare.ts';
import { normalise } from './comparing/normalise.ts';
import type { Answer } from './playing/client.ts';

const story: Case = { name: 'a story', steps: [{ method: 'POST', path: '/a', body: { at: '2026-01-01T00:00:00Z' } }] };
const uids = ['0b7c9a52-6a6e-4a57-9f0c-1d3f5e7a9b01', 'f3c0a1de-1111-4222-8333-944445555666'];

interface World {
  /** The version before the first one shown. */
  base: number;
  uid: string;
  created: string;
}

const here: World = { base: 10, uid: uids[0] ?? '', created: '2026-02-03T04:05:06Z' };
const elsewhere: World = { base: 700, uid: uids[1] ?? '', created: '2027-12-01T00:00:00Z' };

function stored({ base, uid, created }: World, changes: number, more: JsonObject = {}): JsonObject {
  const metadata = {
    name: 'a',
    uid,
    creationTimestamp: created,
    resourceVersion: String(base + changes),
    generation: 1,
  };
  return { apiVersion: 'v1', kind: 'Thing', metadata, at: '2026-01-01T00:00:00Z', ...more };
}

function answered(...bodies: Json[]): Answer[] {
  return bodies.map((body) => ({ status: 200, contentType: 'application/json', body }));
}

function refused(...fields: string[]): Answer[] {
  const causes = fields.map((field) => ({ reason: 'FieldValueRequired', message: 'Required value', field }));
  const message = `Thing "a" is invalid: [${fields.map((field) => `${field}: Required value`).join(', ')}]`;
  return answered({ kind: 'Status', message, code: 422, details: { causes } });
}

function compared(one: Answer[], other: Answer[]): string | undefined {
  return difference(normalise(one, story), normalise(other, story));
}

test.each<[string, Answer[], Answer[]]>([
  ['uid, times and versions of another run', answered(stored(here, 1)), answered(stored(elsewhere, 1))],
  ['versions further apart', answered(stored(here, 1), stored(here, 2)), answered(stored(here, 1), stored(here, 9))],
  ['causes in another order', refused('spec.a', 'spec.b'), refused('spec.b', 'spec.a')],
  [
    'another version of a list',
    answered(stored(here, 1), { kind: 'ThingList', metadata: { resourceVersion: '11' }, items: [] }),
    answered(stored(here, 1), { kind: 'ThingList', metadata: { resourceVersion: '99' }, items: [] }),
  ],
  [
    'other managed fields',
    answered({ metadata: { managedFields: [{ manager: 'a' }] } }),
    answered({ metadata: { managedFields: [{ manager: 'b' }, { manager: 'c' }] } }),
  ],
  [
    'a TokenRequest that was answered a second after its account was made',
    answered(stored(here, 1), { kind: 'TokenRequest', metadata: { uid: here.uid, creationTimestamp: here.created } }),
    answered(stored(here, 1), {
      kind: 'TokenRequest',
      metadata: { uid: here.uid, creationTimestamp: '2026-02-03T04:05:07Z' },
    }),
  ],
  ['another age', answered({ rows: [{ cells: ['a', '5s'] }] }), answered({ rows: [{ cells: ['a', '7s'] }] })],
  [
    'another suffix of a generated name',
    answered({ metadata: { generateName: 'a-', name: 'a-bcdfg' } }),
    answered({ metadata: { generateName: 'a-', name: 'a-x2z4b' } }),
  ],
])('equal in spite of %s', (_, one, other) => {
  expect(compared(one, other)).toBeUndefined();
});

test.each<[string, Answer[], Answer[], string]>([
  ['a status code', answered({}), [{ ...(answered({})[0] as Answer), status: 201 }], '0.status: 200 is not 201'],
  ['a content type', answered({}), [{ ...(answered({})[0] as Answer), contentType: 'text/plain' }], '0.contentType'],
  ['a warning', answered({}), [{ ...(answered({})[0] as Answer), warning: '299 - "x"' }], '0.warning: nothing'],
  ['a member more', answered(stored(here, 1)), answered(stored(here, 1, { more: null })), '0.body.more: nothing is'],
  [
    'a change that did not count',
    answered(stored(here, 1), stored(here, 2)),
    answered(stored(here, 1), stored(here, 1)),
    '1.body.metadata.resourceVersion: "<rv 2>" is not "<rv 1>"',
  ],
  [
    'versions that go down',
    answered(stored(here, 1), stored(here, 2)),
    answered(stored(here, 2), stored(here, 1)),
    '0.body.metadata.resourceVersion',
  ],
  [
    'an object that was made anew',
    answered(stored(here, 1), stored(here, 2)),
    answered(stored(here, 1), stored({ ...here, uid: elsewhere.uid }, 2)),
    '1.body.metadata.uid: "<uid 1>" is not "<uid 2>"',
  ],
  [
    'a time of creation that changed',
    answered(stored(here, 1), stored(here, 2)),
    answered(stored(here, 1), stored({ ...here, created: '2026-02-03T04:05:07Z' }, 2)),
    '1.body.metadata.creationTimestamp: "<time>" is not "<another time>"',
  ],
  ['seconds that are no age', answered({ spec: { ttl: '5s' } }), answered({ spec: { ttl: '7s' } }), '0.body.spec.ttl'],
  [
    'a time that the case sent',
    answered(stored(here, 1)),
    answered(stored(here, 1, { at: here.created })),
    '0.body.at',
  ],
  [
    'a time of other precision',
    answered({ at: '2026-02-03T04:05:06Z' }),
    answered({ at: '2026-02-03T04:05:06.000000Z' }),
    '0.body.at',
  ],
  ['a cause', refused('spec.a', 'spec.b'), refused('spec.a', 'spec.c'), '0.body.message'],
  [
    'a list that is older than what it shows',
    answered(stored(here, 1), { kind: 'ThingList', metadata: { resourceVersion: '11' }, items: [] }),
    answered(stored(here, 1), { kind: 'ThingList', metadata: { resourceVersion: '10' }, items: [] }),
    '1.body.metadata.resourceVersion: "<rv 1 or later>" is not "<rv 0 or later>"',
  ],
  [
    'a suffix of other letters',
    answered({ metadata: { generateName: 'a-', name: 'a-bcdfg' } }),
    answered({ metadata: { generateName: 'a-', name: 'a-aeiou' } }),
    '0.body.metadata.name',
  ],
])('different by %s', (_, one, other, found) => {
  expect(compared(one, other)).toContain(found);
});

test('events of a watch are compared in order, and so is whether the server ended it', () => {
  const watched = (types: string[], ended: boolean): Answer[] => [
    { status: 200, contentType: 'application/json', events: types.map((type) => ({ type })), ended },
  ];
  expect(compared(watched(['ADDED', 'DELETED'], false), watched(['ADDED', 'DELETED'], false))).toBeUndefined();
  expect(compared(watched(['ADDED', 'DELETED'], false), watched(['DELETED', 'ADDED'], false))).toContain('0.events.0');
  expect(compared(watched(['ADDED'], false), watched(['ADDED'], true))).toBe('0.ended: false is not true');
});
