import { CallError } from '../../../src/http/call-error.ts';
import type { KubeApi, KubeObject, ObjectRef, Resource } from '../../../src/runtime/kube/kube-api.ts';

/** What a token stands for; a review of any other token says no. */
export interface KnownToken {
  readonly username: string;
  readonly audiences?: readonly string[];
  readonly extra?: Record<string, string[]>;
}

interface TokenReview {
  spec: { token: string; audiences: string[] };
  status?: object;
}

/** A Kubernetes API in memory: compare-and-set by resourceVersion, TokenReview by a table, and a count of its calls. */
export class FakeKube implements Pick<KubeApi, 'create' | 'get' | 'replace'> {
  readonly tokens = new Map<string, KnownToken>();
  /** `POST tokenreviews`, `GET pods`, `PUT migrationreports`, … in their order. */
  readonly calls: string[] = [];
  /** Thrown by the next call whose name this is. */
  failNext: { call: string; error: CallError } | undefined;
  readonly #objects = new Map<string, KubeObject>();
  #version = 0;

  /** Puts an object there as someone else would. */
  seed(resource: Resource, object: KubeObject): void {
    this.#store(keyOf(resource, object.metadata.namespace, object.metadata.name), object);
  }

  remove(resource: Resource, namespace: string, name: string): void {
    this.#objects.delete(keyOf(resource, namespace, name));
  }

  /** All objects of one plural. */
  all<T extends KubeObject>(plural: string): T[] {
    return [...this.#objects].filter(([key]) => key.startsWith(`${plural}/`)).map(([, object]) => object as T);
  }

  async get<T extends KubeObject>({ resource, namespace, name }: ObjectRef): Promise<T | undefined> {
    this.#enter(`GET ${resource.plural}`);
    return structuredClone(this.#objects.get(keyOf(resource, namespace, name))) as T | undefined;
  }

  async create<T extends object>(resource: Resource, namespace: string | undefined, body: T): Promise<T> {
    this.#enter(`POST ${resource.plural}`);
    if (isReview(body)) return { ...body, status: this.#review(body.spec) };
    if (!isObject(body)) throw new Error('not an object');
    const key = keyOf(resource, namespace, body.metadata.name);
    if (this.#objects.has(key)) throw new CallError('conflict', 'AlreadyExists', 'exists', { status: 409 });
    return this.#store(key, body) as T;
  }

  async replace<T extends KubeObject>({ resource, namespace, name }: ObjectRef, body: T): Promise<T> {
    this.#enter(`PUT ${resource.plural}`);
    const key = keyOf(resource, namespace, name);
    const found = this.#objects.get(key);
    if (!found) throw new CallError('refused', 'NotFound', 'no such object', { status: 404 });
    if (found.metadata.resourceVersion !== body.metadata.resourceVersion) {
      throw new CallError('conflict', 'Conflict', 'another version', { status: 409 });
    }
    return this.#store(key, body) as T;
  }

  #store(key: string, object: KubeObject): KubeObject {
    this.#version += 1;
    const metadata = { ...object.metadata, resourceVersion: String(this.#version) };
    const stored = structuredClone({ ...object, metadata });
    this.#objects.set(key, stored);
    return structuredClone(stored);
  }

  #review({ token, audiences }: TokenReview['spec']): object {
    const known = this.tokens.get(token);
    if (!known) return { authenticated: false, error: `no such token ${token}` };
    const common = (known.audiences ?? audiences).filter((audience) => audiences.includes(audience));
    return { authenticated: true, audiences: common, user: { username: known.username, extra: known.extra ?? {} } };
  }

  #enter(call: string): void {
    this.calls.push(call);
    if (this.failNext?.call !== call) return;
    const { error } = this.failNext;
    this.failNext = undefined;
    throw error;
  }
}

function keyOf({ plural }: Resource, namespace: string | undefined, name: string): string {
  return `${plural}/${namespace}/${name}`;
}

function isReview(body: object): body is TokenReview {
  return 'kind' in body && body.kind === 'TokenReview';
}

function isObject(body: object): body is KubeObject {
  return 'metadata' in body;
}
