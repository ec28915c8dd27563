import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { until } from '../../e2e/components/until.ts';
import { type Api, connectWithWidgets, merge, paths } from './api.ts';
import { secret } from './widget.ts';

let api: Api;
let secrets: string;
beforeAll(async () => {
  api = await connectWithWidgets();
  secrets = paths(api).secrets;
});
afterAll(() => api.close());

async function make(name: string, labels: Record<string, string> = {}) {
  return (await api.request('POST', secrets, secret(name, {}, { labels }))).body;
}

async function listVersion(): Promise<string> {
  return String((await api.request('GET', secrets)).body.metadata.resourceVersion);
}

describe('item 7: watches are JSON lines over plain HTTP', () => {
  test('each event is one line of type and object', async () => {
    const watch = await api.watch(`${secrets}?watch=1&resourceVersion=${await listVersion()}`);
    await make('line');
    const event = await watch.next();
    expect(event.type).toBe('ADDED');
    expect(event.object).toMatchObject({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'line' } });
    watch.close();
  });

  test('answers have the type application/json and a Date to measure time by', async () => {
    const { headers } = await api.request('GET', secrets);
    expect(headers.get('content-type')).toContain('application/json');
    expect(Number.isNaN(Date.parse(headers.get('date') ?? ''))).toBe(false);
  });
});

describe('item 8: where a watch starts', () => {
  test('from a version it replays all later events in order, deletions included', async () => {
    const from = await listVersion();
    await make('replay');
    await api.request('PATCH', `${secrets}/replay`, { stringData: { a: 'b' } }, merge);
    await api.request('DELETE', `${secrets}/replay`);
    const watch = await api.watch(`${secrets}?watch=true&resourceVersion=${from}`);
    const types = [(await watch.next()).type, (await watch.next()).type, (await watch.next()).type];
    expect(types).toEqual(['ADDED', 'MODIFIED', 'DELETED']);
    watch.close();
  });

  test('without a version it begins with the existing objects as ADDED', async () => {
    await make('existing', { group: 'eight' });
    const watch = await api.watch(`${secrets}?watch=true&labelSelector=group%3Deight`);
    expect(await watch.next()).toMatchObject({ type: 'ADDED', object: { metadata: { name: 'existing' } } });
    watch.close();
  });

  test('a list from the future times out as too large', async () => {
    const { code, body } = await api.request('GET', `${secrets}?resourceVersion=99999999999`);
    expect([code, body.reason]).toEqual([504, 'Timeout']);
    expect(body.message).toContain('Too large resource version');
  });
});

describe('item 9: versions that are gone', () => {
  test('a watch from a compacted version gets an in-stream 410 and ends', async () => {
    await api.compact();
    // A kind younger than that version: what a real API server keeps of older ones outlives a compaction.
    const watch = await api.watch(`${paths(api).widgets}?watch=true&resourceVersion=1`);
    const event = await watch.next();
    expect([event.type, event.object.code, event.object.reason]).toEqual(['ERROR', 410, 'Expired']);
    await watch.ended;
  });

  test('a page of a compacted list is 410', async () => {
    await make('page-1');
    await make('page-2');
    const { body } = await api.request('GET', `${secrets}?limit=1`);
    await make('page-3');
    await api.compact();
    const isExpired = async () => {
      const next = await api.request('GET', `${secrets}?limit=1&continue=${body.metadata.continue}`);
      return next.code === 410 && next.body.reason === 'Expired';
    };
    await until(isExpired, { what: 'a 410 that says Expired', timeoutMs: 20_000 });
  });

  test('pages of one list show one snapshot', async () => {
    await make('snap-1', { snap: 'y' });
    await make('snap-2', { snap: 'y' });
    const first = await api.request('GET', `${secrets}?limit=1&labelSelector=snap`);
    await make('snap-3', { snap: 'y' });
    await api.request('DELETE', `${secrets}/snap-2`);
    const token = String(first.body.metadata.continue);
    const rest = await api.request('GET', `${secrets}?limit=10&labelSelector=snap&continue=${token}`);
    expect(rest.body.items.map((item) => item.metadata.name)).toEqual(['snap-2']);
    expect(rest.body.metadata.resourceVersion).toBe(first.body.metadata.resourceVersion);
  });

  test('a watch can be refused with 410 at connect', async () => {
    const matches = ({ path }: { path: string }) => path.includes('watch=true');
    api.faults.failNext(matches, 410, 'Expired');
    await expect(api.watch(`${secrets}?watch=true`)).rejects.toThrow('watch answered 410');
  });
});

describe('item 10: reconnecting', () => {
  test('timeoutSeconds ends the stream from the server', async () => {
    const watch = await api.watch(`${secrets}?watch=true&timeoutSeconds=1&resourceVersion=${await listVersion()}`);
    await watch.ended;
  });

  test('a watch reopened from its last version misses nothing', async () => {
    const watch = await api.watch(`${secrets}?watch=true&resourceVersion=${await listVersion()}`);
    await make('seen');
    const { object } = await watch.next();
    watch.close();
    await make('missed');
    const again = await api.watch(`${secrets}?watch=true&resourceVersion=${object.metadata.resourceVersion}`);
    expect((await again.next()).object.metadata.name).toBe('missed');
    again.close();
  });

  test('bookmarks carry a version to go on from, and come only when asked for', async () => {
    const from = await listVersion();
    const quiet = await api.watch(
      `${secrets}?watch=true&labelSelector=no%3Dsuch&timeoutSeconds=4&resourceVersion=${from}`,
    );
    const asked = await api.watch(
      `${secrets}?watch=true&labelSelector=no%3Dsuch&allowWatchBookmarks=true&timeoutSeconds=4&resourceVersion=${from}`,
    );
    // A real API server has no bookmark for a kind in which nothing has happened since it started.
    await make('elsewhere');
    const bookmark = await asked.next();
    expect([bookmark.type, bookmark.object.kind]).toEqual(['BOOKMARK', 'Secret']);
    expect(Number(bookmark.object.metadata.resourceVersion)).toBeGreaterThanOrEqual(Number(from));
    const first = await Promise.race([quiet.next(), quiet.ended]);
    expect(first).toBeUndefined();
    asked.close();
  });

  test('initial events end with an annotated bookmark', async () => {
    await make('initial', { group: 'initial' });
    const query = 'sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true';
    const watch = await api.watch(`${secrets}?watch=true&${query}&labelSelector=group%3Dinitial`);
    expect((await watch.next()).type).toBe('ADDED');
    const annotations = (await watch.next()).object.metadata.annotations;
    expect(annotations).toEqual({ 'k8s.io/initial-events-end': 'true' });
    watch.close();
  });
});

describe('item 11: objects that enter and leave a selection', () => {
  test('leaving is DELETED, entering is ADDED, staying is MODIFIED', async () => {
    await make('mover', { side: 'in' });
    const watch = await api.watch(
      `${secrets}?watch=true&labelSelector=side%3Din&resourceVersion=${await listVersion()}`,
    );
    const relabel = (labels: Record<string, string>) =>
      api.request('PATCH', `${secrets}/mover`, { metadata: { labels } }, merge);
    await relabel({ side: 'out' });
    await relabel({ side: 'in' });
    await relabel({ other: 'x' });
    const types = [(await watch.next()).type, (await watch.next()).type, (await watch.next()).type];
    expect(types).toEqual(['DELETED', 'ADDED', 'MODIFIED']);
    watch.close();
  });

  test.each([
    ['a=1', ['sel-1']],
    ['a!=1,sel', ['sel-2', 'sel-3']],
    ['a in (1,2),sel', ['sel-1', 'sel-2']],
    ['a notin (1,2),sel', ['sel-3']],
    ['!a,sel', ['sel-3']],
  ])('the label selector %s selects %j', async (selector, names) => {
    await make('sel-1', { sel: 'y', a: '1' });
    await make('sel-2', { sel: 'y', a: '2' });
    await make('sel-3', { sel: 'y' });
    const { body } = await api.request('GET', `${secrets}?labelSelector=${encodeURIComponent(selector)}`);
    expect(body.items.map((item) => item.metadata.name)).toEqual(names);
  });

  test('an unknown field selector is refused by name', async () => {
    const { code, body } = await api.request('GET', `${secrets}?fieldSelector=spec.nope%3D1`);
    expect(code).toBe(400);
    expect(body.message).toContain('field label not supported');
  });
});

describe('item 12: servers that fail and connections that die', () => {
  test('a request can fail, be dropped before, or lose its answer after it took effect', async () => {
    const matches = ({ method }: { method: string }) => method === 'POST';
    api.faults.failNext(matches, 500, 'InternalError');
    expect((await api.request('POST', secrets, secret('f-1'))).code).toBe(500);
    api.faults.dropNext(matches);
    await expect(api.request('POST', secrets, secret('f-2'))).rejects.toThrow('fetch failed');
    api.faults.loseNextAnswer(matches);
    await expect(api.request('POST', secrets, secret('f-3'))).rejects.toThrow('fetch failed');
    const names = (await api.request('GET', secrets)).body.items.map((item) => item.metadata.name);
    expect(names.filter((name) => name.startsWith('f-'))).toEqual(['f-3']);
  });

  test('open watches can be cut, or left half-open', async () => {
    const open = async () => api.watch(`${secrets}?watch=true&resourceVersion=${await listVersion()}`);
    const cut = await open();
    api.faults.cutWatches();
    await cut.ended;
    const frozen = await open();
    api.faults.freezeWatches();
    const alive = await open();
    await make('after-freeze');
    expect((await alive.next()).object.metadata.name).toBe('after-freeze');
    expect(await Promise.race([frozen.next(), Promise.resolve('silent')])).toBe('silent');
    frozen.close();
    alive.close();
  });
});
