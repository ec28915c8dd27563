import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { KubeEngine } from '../../../sandbox/kube/engine/engine.ts';
import type { Json } from '../../../sandbox/kube/engine/json.ts';
import { applyManifests } from '../../../sandbox/kube/engine/manifests.ts';
import { StatusError } from '../../../sandbox/kube/engine/status.ts';
import { reports, rotations } from '../../../src/api/resources.ts';
import type { ObjectRef, Resource } from '../../../src/runtime/kube/kube-api.ts';
import { secrets } from '../../../src/runtime/kube/resources.ts';
import { KubeStorage, type Part, type Stored } from './kube-storage.ts';

const NAMESPACE = 'default';
const KINDS = [rotations, reports, secrets];
const NAMES = ['a', 'b'];
const RUNS = 150;

/** What a write says of the version that it was decided from. */
type Guard = 'Current' | 'Old' | 'None';

type Command =
  | { readonly type: 'Create'; readonly kind: Resource; readonly name: string; readonly finalizer: boolean }
  | {
      readonly type: 'Replace';
      readonly kind: Resource;
      readonly name: string;
      readonly part: Part;
      readonly guard: Guard;
      readonly text: string;
    }
  | {
      readonly type: 'Patch';
      readonly kind: Resource;
      readonly name: string;
      readonly guard: Guard;
      readonly patch: object;
    }
  | { readonly type: 'Delete'; readonly kind: Resource; readonly name: string; readonly mine: boolean | undefined };

const kind = fc.constantFrom(...KINDS);
const name = fc.constantFrom(...NAMES);
const guard = fc.constantFrom<Guard>('Current', 'Old', 'None');
const text = fc.constantFrom('x', 'y');
const patch = fc.constantFrom<object>(
  { metadata: { annotations: { note: 'x' } } },
  { metadata: { annotations: { note: null } } },
  { metadata: { finalizers: ['example.com/hold'] } },
  { metadata: { finalizers: null } },
  {},
);
const command: fc.Arbitrary<Command> = fc.oneof(
  fc.record({ type: fc.constant('Create' as const), kind, name, finalizer: fc.boolean() }),
  fc.record({
    type: fc.constant('Replace' as const),
    kind,
    name,
    part: fc.constantFrom<Part>('object', 'status'),
    guard,
    text,
  }),
  fc.record({ type: fc.constant('Patch' as const), kind, name, guard, patch }),
  fc.record({ type: fc.constant('Delete' as const), kind, name, mine: fc.constantFrom(true, false, undefined) }),
);

/** A server of objects, whichever: answers what stands there after the command, or the code of the refusal. */
interface Server {
  find(ref: ObjectRef): Stored | undefined;
  create(kind: Resource, body: object): unknown;
  replace(ref: ObjectRef, body: Stored, part: Part): unknown;
  patch(ref: ObjectRef, body: object): unknown;
  delete(ref: ObjectRef, uid: string | undefined): unknown;
}

function light(): { server: Server; events: string[] } {
  let count = 0;
  const storage = new KubeStorage({ now: () => 0, uuid: () => `uid-${count++}` });
  const events: string[] = [];
  storage.follow(({ resource, before, after }) => {
    if (KINDS.includes(resource))
      events.push(`${after ? (before ? 'MODIFIED' : 'ADDED') : 'DELETED'} ${(after ?? before)?.metadata.name}`);
  });
  return {
    events,
    server: {
      find: (ref) => storage.find(ref),
      create: (resource, body) => storage.create(resource, NAMESPACE, body),
      replace: (ref, body, part) => storage.replace(ref, body, part),
      patch: (ref, body) => storage.mergePatch(ref, body, 'object'),
      delete: (ref, uid) => storage.delete(ref, uid === undefined ? {} : { uid }),
    },
  };
}

const CRDS = join(import.meta.dirname, '../../../crds');
const MANIFESTS = readdirSync(CRDS).map((file) => readFileSync(join(CRDS, file), 'utf8'));

function whole(): { server: Server; events: string[] } {
  let count = 0;
  const engine = new KubeEngine({ now: () => 0, uuid: () => `uid-${count++}` });
  for (const manifest of MANIFESTS) applyManifests(engine, manifest);
  const nameOf = ({ plural, group }: Resource) => (group ? `${plural}.${group}` : plural);
  const keyOf = ({ resource, name: wanted }: ObjectRef) => ({
    resource: nameOf(resource),
    namespace: NAMESPACE,
    name: wanted,
  });
  const events: string[] = [];
  for (const resource of KINDS) {
    engine.watch({ resource: nameOf(resource) }, { resourceVersion: engine.resourceVersion }, ({ type, object }) => {
      events.push(`${type} ${object.metadata.name}`);
    });
  }
  return {
    events,
    server: {
      find: (ref) => (engine.exists(keyOf(ref)) ? (engine.get(keyOf(ref)) as Stored) : undefined),
      create: (resource, body) => engine.create({ resource: nameOf(resource), namespace: NAMESPACE }, body as Json),
      replace: (ref, body, part) =>
        engine.update({ ...keyOf(ref), ...(part === 'status' && { subresource: 'status' }) }, body as unknown as Json),
      patch: (ref, body) => engine.patch(keyOf(ref), { type: 'merge', body: body as Json }),
      delete: (ref, uid) => engine.delete(keyOf(ref), uid === undefined ? {} : { preconditions: { uid } }),
    },
  };
}

/** Carries a command out; answers the code of a refusal. */
function carryOut(server: Server, { kind: resource, name: wanted, ...rest }: Command): number | undefined {
  const ref = { resource, namespace: NAMESPACE, name: wanted };
  const current = server.find(ref);
  const versionOf = (how: Guard) =>
    ({ Current: current?.metadata.resourceVersion ?? '1', Old: '1', None: undefined })[how];
  try {
    if (rest.type === 'Create') server.create(resource, bodyOf(resource, wanted, rest.finalizer));
    if (rest.type === 'Replace') {
      const body = withText(current ?? bodyOf(resource, wanted, false), resource, rest.text, rest.part);
      server.replace(ref, guarded(body, versionOf(rest.guard)), rest.part);
    }
    if (rest.type === 'Patch') {
      const version = versionOf(rest.guard);
      server.patch(ref, version === undefined ? rest.patch : guarded(rest.patch as Stored, version));
    }
    if (rest.type === 'Delete') {
      const { uid } = current?.metadata ?? {};
      server.delete(ref, rest.mine === undefined ? undefined : rest.mine ? uid : 'another');
    }
    return undefined;
  } catch (error) {
    if (error instanceof StatusError) return error.code;
    throw error;
  }
}

function guarded(object: Stored, resourceVersion: string | undefined): Stored {
  const { resourceVersion: _, ...metadata }: Partial<Stored['metadata']> = object.metadata ?? {};
  const guard = resourceVersion === undefined ? {} : { resourceVersion };
  return { ...object, metadata: { ...metadata, ...guard } as Stored['metadata'] };
}

function bodyOf({ group, version, kind: title }: Resource, wanted: string, finalizer: boolean): Stored {
  const metadata = { name: wanted, namespace: NAMESPACE, ...(finalizer && { finalizers: ['example.com/hold'] }) };
  const body = { apiVersion: group ? `${group}/${version}` : version, kind: title, metadata };
  if (title === 'Secret') return { ...body, type: 'Opaque', data: { key: 'eA==' } } as Stored;
  if (title === 'MigrationReport') {
    const rotationRef = { name: 'a', uid: '00000000-0000-4000-8000-000000000000' };
    const spec = {
      rotationRef,
      revision: 1,
      consumer: 'api',
      type: 'Report',
      fingerprint: '0123456789abcdef',
      reportedAt: TIME,
    };
    return { ...body, spec };
  }
  const spec = {
    issuerRef: { name: 'apio' },
    key: { environment: 'Live', permissions: ['x'] },
    targets: [{ name: 'main', storeRef: { name: 'store' }, path: 'apio' }],
    withoutEvidence: { overlap: '1h' },
  };
  return { ...body, spec };
}

const TIME = '2030-01-01T00:00:00Z';

/** The object with something changed in it, as a client that read it would write it back. */
function withText(object: Stored, { kind: title }: Resource, wanted: string, part: Part): Stored {
  if (title === 'Secret') return { ...object, data: { key: wanted === 'x' ? 'eA==' : 'eQ==' } } as Stored;
  if (title === 'MigrationReport') return { ...object, spec: { ...(object.spec as object), consumer: wanted } };
  if (part === 'status') return { ...object, status: { consumersSummary: wanted } };
  return { ...object, spec: { ...(object.spec as object), suspend: wanted === 'x' } };
}

/** What both must agree on: all but identities, which each makes up for itself. */
function shown(object: Stored | undefined): object | undefined {
  if (!object) return undefined;
  const { uid: _, resourceVersion: __, creationTimestamp, deletionTimestamp, ...metadata } = object.metadata;
  const { managedFields: ___, deletionGracePeriodSeconds: ____, ...rest } = metadata as Record<string, unknown>;
  return {
    ...object,
    metadata: { ...rest, created: creationTimestamp !== undefined, going: deletionTimestamp !== undefined },
  };
}

test('the light storage does to objects what the whole engine of the sandbox does, refusals and events included', () => {
  fc.assert(
    fc.property(fc.array(command, { minLength: 1, maxLength: 25 }), (commands) => {
      const [a, b] = [light(), whole()];
      for (const each of commands) {
        // Only these have a status of their own.
        if (each.type === 'Replace' && each.part === 'status' && each.kind !== rotations) continue;
        expect(carryOut(a.server, each)).toBe(carryOut(b.server, each));
        for (const resource of KINDS) {
          for (const wanted of NAMES) {
            const ref = { resource, namespace: NAMESPACE, name: wanted };
            expect(shown(a.server.find(ref))).toEqual(shown(b.server.find(ref)));
          }
        }
      }
      expect(a.events).toEqual(b.events);
    }),
    { numRuns: RUNS, seed: 20_261_127 },
  );
}, 120_000);
