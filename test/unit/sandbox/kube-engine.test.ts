import { beforeEach, describe, expect, test } from 'vitest';
import { KubeEngine } from '../../../sandbox/kube/engine/engine.ts';
import { applyManifests } from '../../../sandbox/kube/engine/manifests.ts';
import { StatusError } from '../../../sandbox/kube/engine/status.ts';
import { secret, widget, widgetDefinition } from '../../contract/kube-api/widget.ts';

const secrets = { resource: 'secrets', namespace: 'default' };
const widgets = { resource: 'widgets.contract.example.com', namespace: 'default' };
const definitions = { resource: 'customresourcedefinitions.apiextensions.k8s.io' };

let clock: number;
let ids: number;
let engine: KubeEngine;

function createEngine(history?: number): KubeEngine {
  clock = Date.UTC(2026, 0, 1);
  ids = 0;
  return new KubeEngine({ now: () => clock, uuid: () => `id-${++ids}`, ...(history && { history }) });
}

function reasonOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof StatusError) return error.reason;
    throw error;
  }
  return 'no error';
}

beforeEach(() => {
  engine = createEngine();
});

describe('the engine can be driven without network or clock (sandbox only)', () => {
  test('two engines with the same inputs are equal in every answer', () => {
    const run = (one: KubeEngine) => {
      one.create(secrets, secret('', {}, { generateName: 'a-' }));
      return one.list(secrets);
    };
    expect(run(createEngine())).toEqual(run(createEngine()));
  });

  test('a change made by a watcher is seen by all watchers after the change that caused it', () => {
    const seen: string[] = [];
    engine.watch(secrets, { resourceVersion: engine.resourceVersion }, ({ object }) => {
      if (object.metadata.name === 'cause') engine.create(secrets, secret('effect'));
    });
    engine.watch(secrets, { resourceVersion: engine.resourceVersion }, ({ object }) => seen.push(object.metadata.name));
    engine.create(secrets, secret('cause'));
    expect(seen).toEqual(['cause', 'effect']);
  });

  test('a cancelled watch is silent, and what a watcher does to its object changes nothing', () => {
    const seen: string[] = [];
    const cancel = engine.watch(secrets, {}, ({ object }) => {
      seen.push(object.metadata.name);
      object.metadata.name = 'changed';
    });
    engine.create(secrets, secret('first'));
    cancel();
    engine.create(secrets, secret('second'));
    expect(seen).toEqual(['first']);
    expect(engine.get({ ...secrets, name: 'first' }).metadata.name).toBe('first');
  });

  test('history is bounded: what is older than its limit is 410', () => {
    const small = createEngine(10);
    const from = small.resourceVersion;
    for (let i = 0; i < 20; i += 1) small.create(secrets, secret(`s-${i}`));
    expect(reasonOf(() => small.watch(secrets, { resourceVersion: from }, () => {}))).toBe('Expired');
    const recent = String(Number(small.resourceVersion) - 5);
    expect(reasonOf(() => small.watch(secrets, { resourceVersion: recent }, () => {}))).toBe('no error');
  });

  test('an exact list shows the past, with the versions of then', () => {
    const { metadata } = engine.create(secrets, secret('old'));
    engine.delete({ ...secrets, name: 'old' });
    const past = engine.list(secrets, { resourceVersion: metadata.resourceVersion, resourceVersionMatch: 'Exact' });
    expect(past.items.map((item) => item.metadata.resourceVersion)).toEqual([metadata.resourceVersion]);
    expect(engine.list(secrets).items).toEqual([]);
  });

  test('bookmarks go to the watches that allow them', () => {
    const versions: unknown[] = [];
    engine.watch(secrets, { allowWatchBookmarks: true }, ({ object }) =>
      versions.push(object.metadata.resourceVersion),
    );
    engine.watch(secrets, {}, () => versions.push('unasked'));
    engine.bookmark();
    expect(versions).toEqual([engine.resourceVersion]);
  });

  test('a token expires by the clock of the engine', () => {
    engine.create(
      { resource: 'serviceaccounts', namespace: 'default' },
      { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'a' } },
    );
    const request = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { expirationSeconds: 600 } };
    const { status } = engine.createToken({ namespace: 'default', name: 'a' }, request);
    const token = String((status as { token: string }).token);
    clock += 599_000;
    expect(engine.reviewToken(token).authenticated).toBe(true);
    clock += 1_000;
    expect(engine.reviewToken(token)).toMatchObject({
      authenticated: false,
      error: expect.stringContaining('expired'),
    });
  });
});

describe('what controllers do on a real cluster, the engine does at once (sandbox only)', () => {
  test('an object goes when its only owner goes, unless it is orphaned', () => {
    const owner = engine.create(secrets, secret('owner'));
    const ownerReferences = [{ apiVersion: 'v1', kind: 'Secret', name: 'owner', uid: owner.metadata.uid }];
    engine.create(secrets, secret('owned', {}, { ownerReferences }));
    engine.delete({ ...secrets, name: 'owner' }, { propagationPolicy: 'Background' });
    expect(engine.list(secrets).items).toEqual([]);
    const other = engine.create(secrets, secret('owner'));
    engine.create(
      secrets,
      secret('kept', {}, { ownerReferences: [{ ...ownerReferences[0], uid: other.metadata.uid }] }),
    );
    engine.delete({ ...secrets, name: 'owner' }, { propagationPolicy: 'Orphan' });
    expect(engine.list(secrets).items.map((item) => item.metadata.name)).toEqual(['kept']);
  });

  test('a namespace terminates until its last held object is released', () => {
    const namespace = { resource: 'namespaces', name: 'n' };
    engine.create({ resource: 'namespaces' }, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'n' } });
    engine.create({ ...secrets, namespace: 'n' }, secret('held', {}, { finalizers: ['example.com/a'] }));
    engine.create({ ...secrets, namespace: 'n' }, secret('free'));
    engine.delete(namespace);
    expect(engine.get(namespace).status).toEqual({ phase: 'Terminating' });
    expect(engine.list({ ...secrets, namespace: 'n' }).items).toHaveLength(1);
    expect(reasonOf(() => engine.create({ ...secrets, namespace: 'n' }, secret('late')))).toBe('Forbidden');
    const release = { type: 'merge', body: { metadata: { finalizers: null } } } as const;
    engine.patch({ ...secrets, namespace: 'n', name: 'held' }, release);
    expect(reasonOf(() => engine.get(namespace))).toBe('NotFound');
  });

  test('a definition takes its objects and its resource with it', () => {
    engine.create(definitions, widgetDefinition);
    engine.create(widgets, widget('w'));
    const gone: string[] = [];
    const query = { resourceVersion: engine.resourceVersion, allowWatchBookmarks: true };
    engine.watch(widgets, query, ({ type }) => gone.push(type));
    engine.delete({ ...definitions, name: 'widgets.contract.example.com' });
    engine.bookmark();
    expect(gone).toEqual(['DELETED', 'BOOKMARK']);
    expect(reasonOf(() => engine.list(widgets))).toBe('NotFound');
  });
});

describe('manifests', () => {
  const text =
    'apiVersion: v1\nkind: Secret\nmetadata: {name: m}\nstringData: {a: b}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\n';

  test('are created once and merged afterwards', () => {
    expect(applyManifests(engine, text).map((object) => object.kind)).toEqual(['Secret', 'ConfigMap']);
    const before = engine.resourceVersion;
    applyManifests(engine, text);
    expect(engine.resourceVersion).toBe(before);
    applyManifests(engine, text.replace('a: b', 'c: d'));
    expect(engine.get({ ...secrets, name: 'm' }).data).toEqual({ a: 'Yg==', c: 'ZA==' });
  });

  test('a kind that nobody serves is an error that says what to do', () => {
    const act = () => applyManifests(engine, 'apiVersion: x/v1\nkind: Nope\nmetadata: {name: n}\n');
    expect(act).toThrow('no resource serves Nope of x/v1: apply its CustomResourceDefinition first');
  });

  test('a schema without types or with rules that do not parse is refused at its place', () => {
    const broken = structuredClone(widgetDefinition);
    const schema = {
      type: 'object',
      properties: { spec: { type: 'object', 'x-kubernetes-validations': [{ rule: 'self.a ==' }] }, x: {} },
    };
    const versions = [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: schema } }];
    const body = { ...broken, spec: { ...(broken.spec as object), versions } };
    expect(() => engine.create(definitions, body)).toThrow(
      /properties\[spec\].x-kubernetes-validations\[0\].rule: Invalid value: .*compilation failed.*properties\[x\].type: Required value/s,
    );
  });
});
