import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../sandbox/kube/engine/json.ts';
import { type Api, connectWithWidgets, jsonPatch, merge, paths } from './api.ts';
import { secret, widget } from './widget.ts';

let api: Api;
let at: ReturnType<typeof paths>;
beforeAll(async () => {
  api = await connectWithWidgets();
  at = paths(api);
});
afterAll(() => api.close());

let counter = 0;
function create(spec: JsonObject, query = '', metadata: JsonObject = {}) {
  counter += 1;
  return api.request('POST', at.widgets + query, widget(`w-${counter}`, spec, metadata));
}

describe('item 13: structural schemas', () => {
  test('unknown fields are pruned, unless the schema preserves them', async () => {
    const { body } = await create({ nope: 1, parts: [{ name: 'a', nope: 1 }], anything: { goes: [1] } });
    expect(body.spec).toEqual({ size: 'S', high: 10, parts: [{ name: 'a' }], anything: { goes: [1] } });
  });

  test('strict validation names the unknown fields', async () => {
    const { code, body } = await create({ nope: 1, parts: [{ name: 'a', bad: 1 }] }, '?fieldValidation=Strict');
    expect(code).toBe(400);
    const text = 'Widget in version "v1" cannot be handled as a Widget: strict decoding error: unknown field "spec.';
    expect(body.message).toContain(text);
    expect(body.message).toContain('unknown field "spec.nope"');
    expect(body.message).toContain('unknown field "spec.parts[0].bad"');
  });

  test('warn validation stores the rest and warns', async () => {
    const { code, headers } = await create({ nope: 1 }, '?fieldValidation=Warn');
    expect(code).toBe(201);
    expect(headers.get('warning')).toBe('299 - "unknown field \\"spec.nope\\""');
  });

  test('defaults are filled where a field is absent or null', async () => {
    expect((await create({})).body.spec).toMatchObject({ high: 10 });
    expect((await create({ high: null })).body.spec).toMatchObject({ high: 10 });
    expect((await create({ high: 7 })).body.spec).toMatchObject({ high: 7 });
  });

  test('nulls of fields that are not nullable are dropped', async () => {
    const { body } = await create({ code: null, parts: [{ name: 'a', count: null }], anything: { kept: null } });
    expect(body.spec).toEqual({ size: 'S', high: 10, parts: [{ name: 'a' }], anything: { kept: null } });
  });

  test('int-or-string takes both', async () => {
    expect((await create({ port: 80 })).code).toBe(201);
    expect((await create({ port: 'http' })).code).toBe(201);
  });
});

describe('item 14: CEL rules', () => {
  test('a broken rule is refused with its message at its field', async () => {
    const { code, body } = await create({ low: 11 });
    expect(code).toBe(422);
    expect(body.details.causes).toMatchObject([{ reason: 'FieldValueInvalid', field: 'spec' }]);
    expect(body.message).toContain('low must not exceed high');
  });

  test('a message expression sees the value', async () => {
    const { body } = await create({ wait: '25h' });
    expect(body.details.causes).toEqual([
      {
        reason: 'FieldValueInvalid',
        field: 'spec.wait',
        message: 'Invalid value: "25h": wait is at most 24h, not 25h',
      },
    ]);
    expect((await create({ wait: '90m' })).code).toBe(201);
  });

  test('transition rules hold for updates and are not asked on create', async () => {
    const { name } = (await create({ low: 1 })).body.metadata;
    const grow = await api.request('PATCH', `${at.widgets}/${name}`, { spec: { size: 'L' } }, merge);
    expect(grow.body.message).toContain('size is immutable');
    const drop = await api.request('PATCH', `${at.widgets}/${name}`, { spec: { low: null } }, merge);
    expect(drop.body.message).toContain('low cannot come or go');
    expect((await api.request('PATCH', `${at.widgets}/${name}`, { spec: { low: 2 } }, merge)).code).toBe(200);
  });

  test('rules wait until the shape is right', async () => {
    const { body } = await create({ size: 'X', low: 11 });
    expect(body.message).not.toContain('low must not exceed high');
    expect(body.message).toContain('some validation rules were not checked because the object was invalid');
  });
});

describe('item 15: constraints, worded as the API server words them', () => {
  test.each<[JsonObject, string, string]>([
    [{ size: 'M' }, 'spec.size', 'Unsupported value: "M": supported values: "S", "L"'],
    [{ size: undefined }, 'spec.size', 'Required value'],
    [{ size: null }, 'spec.size', 'Required value'],
    [{ port: 1.5 }, 'spec.port', 'Invalid value: "number": spec.port in body must be of type integer,string: "number"'],
    [{ high: 0 }, 'spec.high', 'Invalid value: 0: spec.high in body should be greater than or equal to 1'],
    [{ high: 101 }, 'spec.high', 'Invalid value: 101: spec.high in body should be less than or equal to 100'],
    [{ high: 'ten' }, 'spec.high', 'Invalid value: "string": spec.high in body must be of type integer: "string"'],
    [{ high: 1.5 }, 'spec.high', 'Invalid value: "number": spec.high in body must be of type integer: "number"'],
    [{ code: 'A1' }, 'spec.code', 'Invalid value: "A1": spec.code in body should match \'^[a-z]+$\''],
    [{ code: 'abcdef' }, 'spec.code', 'Too long: may not be more than 5 bytes'],
    [{ label: 'x' }, 'spec.label', 'Invalid value: "x": spec.label in body should be at least 2 chars long'],
    [{ tags: ['a', 'a'] }, 'spec.tags[1]', 'Duplicate value: "a"'],
    [{ tags: ['a', 'b', 'c'] }, 'spec.tags', 'Too many: 3: must have at most 2 items'],
    [{ parts: [{ count: 1 }] }, 'spec.parts[0].name', 'Required value'],
    [{ parts: [{ name: 'a' }, { name: 'a' }] }, 'spec.parts[1]', 'Duplicate value: {"name":"a"}'],
    [{ options: { a: 'b', c: 'd', e: 'f' } }, 'spec.options', 'Too many: 3: must have at most 2 items'],
  ])('%j names %s', async (spec, field, message) => {
    const { code, body } = await create(spec);
    expect([code, body.reason]).toEqual([422, 'Invalid']);
    expect(body.details).toMatchObject({ group: 'contract.example.com', kind: 'Widget' });
    expect(body.details.causes).toContainEqual(expect.objectContaining({ field, message }));
  });

  test('an unchanged part is not judged again when the rest changes', async () => {
    const { name } = (await create({ tags: ['a'] })).body.metadata;
    const { code } = await api.request('PATCH', `${at.widgets}/${name}`, { metadata: { labels: { a: 'b' } } }, merge);
    expect(code).toBe(200);
  });
});

describe('item 16: names and labels', () => {
  test.each<[string, JsonObject, string]>([
    ['a name with capitals', { name: 'Bad_Name' }, 'metadata.name'],
    ['no name at all', { name: '' }, 'metadata.name'],
    ['a label value with a blank', { name: 'l-1', labels: { a: 'b c' } }, 'metadata.labels'],
    ['a label of 64 characters', { name: 'l-2', labels: { a: 'x'.repeat(64) } }, 'metadata.labels'],
    ['annotations over 256 KiB', { name: 'l-3', annotations: { a: 'x'.repeat(262_145) } }, 'metadata.annotations'],
  ])('%s is refused at its field', async (_name, metadata, field) => {
    const { code, body } = await api.request('POST', at.secrets, secret('x', {}, metadata));
    expect(code).toBe(422);
    expect(body.details.causes.map((cause) => cause.field)).toContain(field);
  });

  test('generateName appends five harmless characters', async () => {
    const { body } = await api.request('POST', at.secrets, secret('', {}, { generateName: 'gen-' }));
    expect(body.metadata.name).toMatch(/^gen-[bcdfghjklmnpqrstvwxz2456789]{5}$/);
  });
});

describe('patches (item 23)', () => {
  test('a JSON patch is all or nothing', async () => {
    const { name } = (await create({})).body.metadata;
    const patch = [
      { op: 'replace', path: '/spec/high', value: 50 },
      { op: 'remove', path: '/spec/nothing' },
    ];
    expect((await api.request('PATCH', `${at.widgets}/${name}`, patch, jsonPatch)).code).toBe(422);
    expect((await api.request('GET', `${at.widgets}/${name}`)).body.spec).toMatchObject({ high: 10 });
  });

  test('strategic merge is refused for custom resources', async () => {
    const { name } = (await create({})).body.metadata;
    const type = 'application/strategic-merge-patch+json';
    expect((await api.request('PATCH', `${at.widgets}/${name}`, {}, type)).code).toBe(415);
  });

  test('stringData of a Secret merges into data and is not kept', async () => {
    await api.request('POST', at.secrets, secret('sd', { data: { a: 'YQ==' }, stringData: { b: 'b' } }));
    const { body } = await api.request('PATCH', `${at.secrets}/sd`, { stringData: { c: 'c' } }, merge);
    expect([body.data, body.stringData, body.type]).toEqual([{ a: 'YQ==', b: 'Yg==', c: 'Yw==' }, undefined, 'Opaque']);
  });

  test('a dry run answers the result and changes nothing', async () => {
    const { code } = await api.request('POST', `${at.secrets}?dryRun=All`, secret('dry'));
    expect(code).toBe(201);
    expect((await api.request('GET', `${at.secrets}/dry`)).code).toBe(404);
  });
});
