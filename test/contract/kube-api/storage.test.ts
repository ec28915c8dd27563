import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Api, connectWithWidgets, merge, paths } from './api.ts';
import { lease, secret, widget } from './widget.ts';

let api: Api;
let at: ReturnType<typeof paths>;
beforeAll(async () => {
  api = await connectWithWidgets();
  at = paths(api);
});
afterAll(() => api.close());

async function created(path: string, body: ReturnType<typeof widget>) {
  const { code, body: object } = await api.request('POST', path, body);
  expect(code).toBe(201);
  return object;
}

describe('item 1: one resourceVersion for everything', () => {
  test('every change gets a higher version than all changes before, whatever its kind', async () => {
    const first = await created(at.widgets, widget('rv-1'));
    const second = await created(at.secrets, secret('rv-2'));
    expect(Number(second.metadata.resourceVersion)).toBeGreaterThan(Number(first.metadata.resourceVersion));
  });

  test('a list carries a version that is at least that of its items', async () => {
    const object = await created(at.secrets, secret('rv-list'));
    const { body } = await api.request('GET', at.secrets);
    expect(Number(body.metadata.resourceVersion)).toBeGreaterThanOrEqual(Number(object.metadata.resourceVersion));
  });

  test('an update that changes nothing keeps the version and emits no event', async () => {
    const object = await created(at.widgets, widget('noop'));
    const watch = await api.watch(`${at.widgets}?watch=true&resourceVersion=${object.metadata.resourceVersion}`);
    const again = await api.request('PUT', `${at.widgets}/noop`, object);
    expect(again.body.metadata.resourceVersion).toBe(object.metadata.resourceVersion);
    await api.request('PATCH', `${at.widgets}/noop`, { metadata: { labels: { a: 'b' } } }, merge);
    expect((await watch.next()).object.metadata.labels).toEqual({ a: 'b' });
    watch.close();
  });
});

describe('item 2: conflicts', () => {
  test('a stale PUT is refused as Conflict and changes nothing', async () => {
    const object = await created(at.widgets, widget('stale'));
    await api.request('PATCH', `${at.widgets}/stale`, { spec: { high: 11 } }, merge);
    const { code, body } = await api.request('PUT', `${at.widgets}/stale`, object);
    expect([code, body.reason]).toEqual([409, 'Conflict']);
    expect(body.message).toContain('the object has been modified; please apply your changes to the latest version');
    expect(body.details).toMatchObject({ name: 'stale', group: 'contract.example.com', kind: 'widgets' });
  });

  test('a merge patch that names a stale version is refused as Conflict, on the object and on its status', async () => {
    const object = await created(at.widgets, widget('cas'));
    const stale = { metadata: { resourceVersion: object.metadata.resourceVersion }, status: { phase: 'x' } };
    expect((await api.request('PATCH', `${at.widgets}/cas/status`, stale, merge)).code).toBe(200);
    expect((await api.request('PATCH', `${at.widgets}/cas/status`, stale, merge)).code).toBe(409);
    expect((await api.request('PATCH', `${at.widgets}/cas`, { ...stale, spec: { high: 5 } }, merge)).code).toBe(409);
  });

  test('creating a name twice is AlreadyExists, which is not Conflict', async () => {
    await created(at.secrets, secret('twice'));
    const { code, body } = await api.request('POST', at.secrets, secret('twice'));
    expect([code, body.reason]).toEqual([409, 'AlreadyExists']);
  });

  test.each([
    ['a custom resource refuses it', 'widgets', widget('blind'), 422],
    ['a Lease refuses it', 'leases', lease('blind'), 422],
    ['a Secret takes it', 'secrets', secret('blind'), 200],
  ] as const)('PUT without a version: %s', async (_name, kind, object, code) => {
    await created(at[kind], object);
    expect((await api.request('PUT', `${at[kind]}/blind`, object)).code).toBe(code);
  });

  test('PUT of a missing Lease creates it, of a missing custom resource is 404', async () => {
    expect((await api.request('PUT', `${at.leases}/fresh`, lease('fresh'))).code).toBe(201);
    expect((await api.request('PUT', `${at.widgets}/fresh`, widget('fresh'))).code).toBe(404);
  });
});

describe('item 3: what clients cannot write', () => {
  test('create with a resourceVersion is refused', async () => {
    const { code, body } = await api.request('POST', at.widgets, widget('with-rv', {}, { resourceVersion: '5' }));
    expect(code).toBeGreaterThanOrEqual(400);
    expect(body.message).toContain('resourceVersion should not be set on objects to be created');
  });

  test('uid, creationTimestamp and generation come from the server', async () => {
    const wish = { uid: 'mine', creationTimestamp: '2001-01-01T00:00:00Z', generation: 7 };
    const { metadata } = await created(at.widgets, widget('owned', {}, wish));
    expect(metadata.uid).not.toBe('mine');
    expect(metadata.creationTimestamp).not.toBe('2001-01-01T00:00:00Z');
    expect(metadata.generation).toBe(1);
  });

  test('a wrong uid is a Conflict for PUT and immutable for PATCH, and /status does not look at it', async () => {
    const object = await created(at.widgets, widget('uid'));
    const put = { ...object, metadata: { ...object.metadata, uid: 'other' } };
    expect((await api.request('PUT', `${at.widgets}/uid`, put)).code).toBe(409);
    const patch = { metadata: { uid: 'other' }, status: { phase: 'x' } };
    const refused = await api.request('PATCH', `${at.widgets}/uid`, patch, merge);
    expect([refused.code, refused.body.details.causes[0]?.field]).toEqual([422, 'metadata.uid']);
    expect((await api.request('PATCH', `${at.widgets}/uid/status`, patch, merge)).code).toBe(200);
  });

  test.each(['uid', 'resourceVersion'])('DELETE with a wrong %s precondition is a Conflict', async (name) => {
    await created(at.secrets, secret(`pre-${name.toLowerCase()}`));
    const path = `${at.secrets}/pre-${name.toLowerCase()}`;
    const { code, body } = await api.request('DELETE', path, { preconditions: { [name]: '1' } });
    expect([code, body.reason]).toEqual([409, 'Conflict']);
    expect((await api.request('GET', path)).code).toBe(200);
  });

  test('DELETE with the right preconditions works', async () => {
    const { metadata } = await created(at.secrets, secret('pre-ok'));
    const preconditions = { uid: metadata.uid, resourceVersion: metadata.resourceVersion };
    expect((await api.request('DELETE', `${at.secrets}/pre-ok`, { preconditions })).code).toBe(200);
    expect((await api.request('GET', `${at.secrets}/pre-ok`)).code).toBe(404);
  });
});

describe('item 4: generation', () => {
  test.each([
    ['a change of spec counts', { spec: { high: 20 } }, 2],
    ['a change of metadata does not', { metadata: { labels: { a: 'b' } } }, 1],
    ['a write of status at the main endpoint does not', { status: { phase: 'x' } }, 1],
  ])('%s', async (name, patch, generation) => {
    const id = name.replace(/\W+/g, '-').toLowerCase();
    await created(at.widgets, widget(id));
    const { body } = await api.request('PATCH', `${at.widgets}/${id}`, patch, merge);
    expect(body.metadata.generation).toBe(generation);
  });

  test('the first deletion of a held object counts, the second does not', async () => {
    await created(at.widgets, widget('held', {}, { finalizers: ['example.com/hold'] }));
    await api.request('DELETE', `${at.widgets}/held`);
    await api.request('DELETE', `${at.widgets}/held`);
    expect((await api.request('GET', `${at.widgets}/held`)).body.metadata.generation).toBe(2);
    await api.request('PATCH', `${at.widgets}/held`, { metadata: { finalizers: null } }, merge);
  });
});

describe('item 5: the status subresource', () => {
  test('create drops status, the main endpoint leaves it alone, /status writes nothing else', async () => {
    const object = await created(at.widgets, { ...widget('st'), status: { phase: 'early' } });
    expect(object.status).toBeUndefined();
    const both = { spec: { high: 30 }, status: { phase: 'set' }, metadata: { labels: { a: 'b' } } };
    const viaStatus = (await api.request('PATCH', `${at.widgets}/st/status`, both, merge)).body;
    expect([viaStatus.status, viaStatus.spec]).toEqual([{ phase: 'set' }, { size: 'S', high: 10 }]);
    const viaMain = (await api.request('PATCH', `${at.widgets}/st`, { ...both, status: null }, merge)).body;
    expect([viaMain.status, viaMain.spec]).toEqual([{ phase: 'set' }, { size: 'S', high: 30 }]);
  });

  test('a kind without the subresource has no /status', async () => {
    await created(at.secrets, secret('plain'));
    expect((await api.request('PATCH', `${at.secrets}/plain/status`, {}, merge)).code).toBe(404);
  });
});

describe('item 6: finalizers', () => {
  test('deletion waits for the last finalizer, and the final event carries the last stored object', async () => {
    const { metadata } = await created(at.widgets, widget('fin', {}, { finalizers: ['example.com/a'] }));
    const watch = await api.watch(
      `${at.widgets}?watch=true&fieldSelector=metadata.name%3Dfin&resourceVersion=${metadata.resourceVersion}`,
    );
    const deleting = (await api.request('DELETE', `${at.widgets}/fin`)).body;
    expect(deleting.metadata.deletionTimestamp).toBeTruthy();
    const more = { spec: { high: 12 } };
    expect((await api.request('PATCH', `${at.widgets}/fin`, more, merge)).body.spec).toMatchObject(more.spec);
    await api.request('PATCH', `${at.widgets}/fin`, { metadata: { finalizers: [], labels: { last: 'word' } } }, merge);
    const events = [await watch.next(), await watch.next(), await watch.next()];
    expect(events.map((event) => event.type)).toEqual(['MODIFIED', 'MODIFIED', 'DELETED']);
    expect(events[2]?.object.metadata.labels).toBeUndefined();
    expect(events[2]?.object.spec).toMatchObject(more.spec);
    const versions = events.map((event) => Number(event.object.metadata.resourceVersion));
    expect(versions).toEqual([...versions].sort((a, b) => a - b));
    expect((await api.request('GET', `${at.widgets}/fin`)).code).toBe(404);
    watch.close();
  });

  test('an object that is being deleted gets no new finalizers', async () => {
    await created(at.widgets, widget('nofin', {}, { finalizers: ['example.com/a'] }));
    await api.request('DELETE', `${at.widgets}/nofin`);
    const patch = { metadata: { finalizers: ['example.com/a', 'example.com/b'] } };
    const { code, body } = await api.request('PATCH', `${at.widgets}/nofin`, patch, merge);
    expect(code).toBe(422);
    expect(body.message).toContain('no new finalizers can be added if the object is being deleted');
    await api.request('PATCH', `${at.widgets}/nofin`, { metadata: { finalizers: null } }, merge);
  });
});
