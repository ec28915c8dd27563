import { createHash } from 'node:crypto';
import { type AccessRequest, grantOf, type PathRequest } from './identity/rbac.ts';
import { answerReview, type ReviewDeps } from './identity/reviews.ts';
import { answerTokenRequest } from './identity/token-request.ts';
import { createTokens, type Tokens, type TokenVerdict } from './identity/tokens.ts';
import { asObject, asString, clone, dig, type Json, sortKeys } from './json.ts';
import { builtInResources } from './kinds/built-in-resources.ts';
import { customResource, definitionsKey, established } from './kinds/custom-resources.ts';
import { definitionsResource } from './kinds/definitions.ts';
import { scaleOf, scalePatch } from './kinds/scale.ts';
import {
  type CollectionKey,
  type KubeList,
  type KubeObject,
  type ObjectKey,
  type UserInfo,
  type WatchEvent,
  withoutName,
} from './object.ts';
import { type ResourceDefinition, resourceKey, subjectOf, typeMetaOf } from './resource.ts';
import { createCelRules } from './schema/cel-rules.ts';
import { applyDefaults } from './schema/prune.ts';
import {
  alreadyExists,
  badRequest,
  forbiddenAccess,
  methodNotAllowed,
  noSuchResource,
  notFound,
  unsupportedPatch,
} from './status.ts';
import { createDeletion, type Deleted, type DeleteOptions, type Deletion } from './storage/deletion.ts';
import {
  assertReached,
  assertWatchable,
  type ListFilter,
  type ListQuery,
  listPage,
  type WatchQuery,
} from './storage/listing.ts';
import { both, fieldMatcher, labelMatcher, type Matcher } from './storage/selectors.ts';
import { Store, storeKey } from './storage/store.ts';
import { type Admission, createAdmission } from './writes/admission.ts';
import { applyPatch, type Patch } from './writes/patch.ts';
import type { WriteOptions } from './writes/write-request.ts';

/** What the engine takes from outside, so that a simulation can drive it. */
export interface KubeEngineOptions {
  /** Milliseconds since the epoch. */
  now: () => number;
  uuid: () => string;
  /** In [0, 1), for generateName; derived from `uuid` when absent. */
  random?: () => number;
  /** Whether fronts enforce RBAC for service accounts. */
  rbac?: boolean;
  /** How many changes can be watched from the past; default 10,000. */
  history?: number;
}

/** The caller of requests that name none. */
export const systemAdmin: UserInfo = { username: 'system:admin', groups: ['system:masters', 'system:authenticated'] };

const startNamespaces = ['default', 'kube-system', 'kube-public', 'kube-node-lease'];

function randomFrom(uuid: () => string): () => number {
  return () => createHash('sha256').update(uuid()).digest().readUInt32BE() / 2 ** 32;
}

function bookmark(definition: ResourceDefinition, revision: number): KubeObject {
  const metadata = withoutName({ name: '', resourceVersion: String(revision) });
  return { ...typeMetaOf(definition), metadata };
}

/** A Kubernetes API server without network, timers or clock: every call takes effect, or throws a StatusError, at once. */
export class KubeEngine {
  readonly now: () => number;
  readonly rbac: boolean;
  readonly #store: Store;
  readonly #resources = new Map<string, ResourceDefinition>();
  readonly #admission: Admission;
  readonly #tokens: Tokens;
  readonly #deletion: Deletion;

  constructor({ now, uuid, random = randomFrom(uuid), rbac = false, history = 10_000 }: KubeEngineOptions) {
    const rules = createCelRules();
    this.now = now;
    this.rbac = rbac;
    this.#store = new Store(history);
    this.#deletion = createDeletion({ now, store: this.#store, resources: this.#resources });
    this.#admission = createAdmission({ now, uuid, random, rules });
    const find = (resource: string, namespace: string, name: string) => this.#find({ resource, namespace, name });
    this.#tokens = createTokens({ now, uuid, find });
    for (const definition of [...builtInResources, definitionsResource(rules.compileError)]) {
      this.#resources.set(resourceKey(definition), definition);
    }
    for (const name of startNamespaces) {
      this.create({ resource: 'namespaces' }, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
    }
  }

  /** The resourceVersion of the latest change. */
  get resourceVersion(): string {
    return String(this.#store.revision);
  }

  /** All resources that are served, those of custom resource definitions included. */
  resources(): ResourceDefinition[] {
    return [...this.#resources.values()].filter(({ served }) => served);
  }

  /** The definition of a resource such as `secrets` or `leases.coordination.k8s.io`. Throws 404. */
  definition(resource: string): ResourceDefinition {
    const definition = this.#resources.get(resource);
    if (!definition) throw noSuchResource();
    return definition;
  }

  /** @param resourceVersion the version that the answer must not be older than */
  get(key: ObjectKey, resourceVersion = ''): KubeObject {
    assertReached(this.#store, resourceVersion, 500);
    const object = this.#view(this.definition(key.resource), this.#existing(key));
    return key.subresource === 'scale' ? scaleOf(object) : object;
  }

  exists(key: ObjectKey): boolean {
    return this.#find(key) !== undefined;
  }

  list(collection: CollectionKey, query: ListQuery = {}): KubeList {
    const definition = this.definition(collection.resource);
    const { scope, matches } = this.#matchers(definition, collection, query);
    const list = listPage(this.#store, definition, { scope, matches }, query);
    return { ...list, items: list.items.map((object) => this.#view(definition, object)) };
  }

  /** Creates an object, or answers a review. @param user the caller, for SelfSubjectAccessReview */
  create(collection: CollectionKey, body: Json, options: WriteOptions = {}, user = systemAdmin): KubeObject {
    const { resource, namespace } = collection;
    const definition = this.definition(resource);
    if (definition.namespaced) this.#assertNamespaceOpen(definition, namespace ?? '', body);
    const object = this.#admission.create(definition, definition.namespaced ? namespace : undefined, body, options);
    if (!definition.stored) return this.#review(object, user);
    const subject = subjectOf(definition, object.metadata.name);
    const taken = this.#store.get(resource, storeKey(object.metadata));
    if (taken) throw alreadyExists(subject, taken.metadata.deletionTimestamp !== undefined);
    return this.#write(definition, object, options);
  }

  /** Puts an object there as it is, status and uid too, without asking anybody: as who restores etcd does. */
  restore(resource: string, object: KubeObject): void {
    this.#store.put(resource, object);
  }

  /** Replaces an object (PUT). */
  update(key: ObjectKey, body: Json, options: WriteOptions = {}): KubeObject {
    const definition = this.definition(key.resource);
    if (key.subresource === 'scale') return this.#rescale(key, body, options);
    const name = asString(dig(body, 'metadata', 'name'));
    if (name !== '' && name !== key.name) {
      throw badRequest(`the name of the object (${name}) does not match the name on the URL (${key.name})`);
    }
    const old = this.#find(key);
    if (!old && definition.createOnUpdate) return this.create(key, body, options);
    return this.#change(definition, key, body, 'put', options);
  }

  /** Applies a patch to the latest version; a resourceVersion in it makes it a compare-and-set. */
  patch(key: ObjectKey, patch: Patch, options: WriteOptions = {}): KubeObject {
    const definition = this.definition(key.resource);
    if (definition.custom && patch.type === 'strategic') throw unsupportedPatch(true);
    if (key.subresource === 'scale') {
      return this.#rescale(key, applyPatch(this.get(key), patch, definition.schema), options);
    }
    const patched = applyPatch(this.#view(definition, this.#existing(key)), patch, definition.schema);
    return this.#change(definition, key, patched, 'patch', options);
  }

  /** Deletes an object, or marks it while finalizers or contents remain; `removed` tells which. */
  delete(key: ObjectKey, options: DeleteOptions = {}): Deleted {
    const definition = this.definition(key.resource);
    const { object, removed } = this.#deletion.request(definition, this.#existing(key), options);
    return { object: this.#view(definition, object), removed };
  }

  /** Watches a collection; the callback is called at once for what is there, later within the changing call. */
  watch(collection: CollectionKey, query: WatchQuery, callback: (event: WatchEvent) => void): () => void {
    const { resource } = collection;
    const definition = this.definition(resource);
    const { matches } = this.#matchers(definition, collection, query);
    const deliver = ({ type, object }: WatchEvent) =>
      callback({ type, object: this.#view(this.#resources.get(resource) ?? definition, object) });
    const revision = query.resourceVersion ?? '';
    assertWatchable(query);
    const fromNow = revision === '' || revision === '0' || query.sendInitialEvents === true;
    const since = fromNow ? this.#store.revision : Number(revision);
    if (fromNow) {
      const existing = [...this.#store.snapshot(resource)].sort(([a], [b]) => (a < b ? -1 : 1));
      for (const [, object] of existing) if (matches(object)) deliver({ type: 'ADDED', object });
    }
    const mark = (version: number) => bookmark(definition, version);
    if (query.sendInitialEvents) {
      const end = mark(since);
      end.metadata.annotations = { 'k8s.io/initial-events-end': 'true' };
      callback({ type: 'BOOKMARK', object: end });
    }
    return this.#store.watch({ resource, matches, deliver, ...(query.allowWatchBookmarks && { mark }) }, since);
  }

  /** Sends a bookmark with the current version to every watch that allows them. */
  bookmark(): void {
    this.#store.bookmark();
  }

  /** Forgets the history up to a version (default all of it): watching or paging from before it answers 410. */
  compact(resourceVersion = this.resourceVersion): void {
    this.#store.compact(Number(resourceVersion));
  }

  /** Answers a TokenRequest for the service account `key`. */
  createToken(key: Pick<ObjectKey, 'namespace' | 'name'>, body: Json): KubeObject {
    const account = this.#existing({ ...key, resource: 'serviceaccounts' });
    const findPod = (name: string) => this.#find({ resource: 'pods', namespace: key.namespace, name });
    return answerTokenRequest(account, body, { tokens: this.#tokens, now: this.now, findPod });
  }

  /** Verifies a service-account token; without audiences it must be meant for the API server. */
  reviewToken(token: string, audiences: readonly string[] = []): TokenVerdict {
    return this.#tokens.review(token, audiences);
  }

  /** Evaluates RBAC, whether or not fronts enforce it. */
  isAllowed(user: UserInfo, request: AccessRequest): boolean {
    return this.#grant(user, request) !== undefined;
  }

  /** What allows a request, in words; undefined where nothing does. */
  #grant(user: UserInfo, request: AccessRequest | PathRequest): string | undefined {
    return grantOf(user, request, (resource, namespace) => {
      const objects = [...this.#store.snapshot(`${resource}.rbac.authorization.k8s.io`).values()];
      return objects.filter((object) => object.metadata.namespace === namespace);
    });
  }

  #review(object: KubeObject, user: UserInfo): KubeObject {
    const reviewToken = (token: string, audiences: string[]) => this.reviewToken(token, audiences);
    // Where RBAC is not enforced everybody may do everything, and the review must say so.
    const grant: ReviewDeps['grant'] = (who, request) => (this.rbac ? this.#grant(who, request) : '');
    return answerReview(object, { user, reviewToken, grant });
  }

  #find(key: ObjectKey): KubeObject | undefined {
    return this.#store.get(key.resource, storeKey(key));
  }

  #existing(key: ObjectKey): KubeObject {
    const definition = this.definition(key.resource);
    if (!definition.stored) throw methodNotAllowed();
    const isServed = key.subresource === undefined || definition.subresources.includes(key.subresource);
    if (!isServed && !definition.custom) throw noSuchResource();
    const object = this.#find(key);
    if (!object || !isServed) throw notFound(subjectOf(definition, key.name));
    return object;
  }

  /** What clients see of a stored object: a copy, with the defaults of today's schema. */
  #view(definition: ResourceDefinition, object: KubeObject): KubeObject {
    const copy = clone(object);
    if (!definition.custom) return copy;
    applyDefaults(copy, definition.schema);
    // Custom objects are maps to a real API server, and Go writes maps by sorted keys: clients must not rely on their order.
    return sortKeys(copy);
  }

  #matchers(definition: ResourceDefinition, { namespace }: CollectionKey, query: ListQuery): ListFilter {
    if (!definition.stored) throw methodNotAllowed();
    const scope: Matcher = (object) => !namespace || object.metadata.namespace === namespace;
    const labels = labelMatcher(query.labelSelector);
    return {
      scope,
      matches: both(scope, labels, fieldMatcher(query.fieldSelector, definition.fieldSelectors, definition.custom)),
    };
  }

  #assertNamespaceOpen(definition: ResourceDefinition, namespace: string, body: Json): void {
    const found = this.#find({ resource: 'namespaces', name: namespace });
    if (!found) throw notFound({ group: '', resource: 'namespaces', name: namespace });
    if (!found.metadata.deletionTimestamp) return;
    const name = String(asObject(asObject(body).metadata).name ?? '');
    const why = `unable to create new content in namespace ${namespace} because it is being terminated`;
    const message = `namespace ${namespace} is being terminated`;
    throw forbiddenAccess(subjectOf(definition, name), why, [
      { reason: 'NamespaceTerminating', message, field: 'metadata.namespace' },
    ]);
  }

  #change(definition: ResourceDefinition, key: ObjectKey, body: Json, via: 'put' | 'patch', options: WriteOptions) {
    const old = this.#existing(key);
    const next = this.#admission.update(definition, { old, body, via, subresource: key.subresource }, options);
    return next === old ? this.#view(definition, old) : this.#write(definition, next, options);
  }

  #rescale({ subresource: _scale, ...key }: ObjectKey, scale: Json, options: WriteOptions): KubeObject {
    return scaleOf(this.patch(key, { type: 'merge', body: scalePatch(scale) }, options));
  }

  #write(definition: ResourceDefinition, object: KubeObject, options: WriteOptions): KubeObject {
    if (options.dryRun) return this.#view(definition, object);
    if (object.metadata.deletionTimestamp) return this.#view(definition, this.#deletion.settle(definition, object));
    const stored = this.#store.put(resourceKey(definition), object);
    if (resourceKey(definition) === definitionsKey) {
      const served = customResource(stored);
      this.#resources.set(resourceKey(served), served);
      const next = established(stored, this.now);
      if (next) this.#store.put(definitionsKey, next);
    }
    return this.#view(definition, stored);
  }
}
