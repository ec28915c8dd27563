import type { Json, JsonObject } from '../../sandbox/kube/engine/json.ts';

/**
 * A request. In path, token and the strings of the body `$(ns)` is the case's own namespace and `$(made.metadata.uid)`
 * what the answer saved as `made` holds there; a body with `$from: 'made'` is that answer, merged with its other members.
 */
export interface RequestStep {
  readonly method: string;
  readonly path: string;
  readonly body?: Json;
  /** Sent as it stands instead of `body`, for bodies that are no JSON. */
  readonly text?: string;
  readonly contentType?: string;
  readonly accept?: string;
  /** Bearer token of somebody else than the administrator. */
  readonly token?: string;
  /** Name under which later steps refer to the answer. */
  readonly save?: string;
  /** Repeats the request until its answer has this, for what controllers and caches do in their own time. */
  readonly until?: Expected;
  /** Compares this part of the body alone, for documents that speak of the whole server; dots lead inwards, or it is a JSON pointer. */
  readonly part?: string;
}

/** What a repeated request waits for: a status code, and a value at a place of the body. */
export interface Expected {
  readonly status?: number;
  readonly at?: string;
  readonly is?: Json;
}

/** A watch, opened with all that a request may have, that is read while the inner steps are played and after them. */
export interface WatchStep {
  readonly watch: string;
  /** Closes after so many; `end` reads until the server closes. */
  readonly events: number | 'end';
  readonly accept?: string;
  readonly during?: readonly RequestStep[];
}

/** All versions of the past are forgotten, by whatever means the server has: watches and pages from before it are 410. */
export interface ForgetStep {
  readonly forget: true;
}

/** One step of a case. */
export type Step = RequestStep | WatchStep | ForgetStep;

/** A story of requests whose answers must be equal on every API server. */
export interface Case {
  /** A sentence, unique in the corpus. */
  readonly name: string;
  readonly steps: readonly Step[];
  /** Played where the controllers of a whole control plane run as well. */
  readonly controllers?: true;
}

/** An item of the fidelity checklist and the cases that prove it. */
export interface Item {
  readonly number: number;
  readonly tier: 'P0' | 'P1';
  readonly title: string;
  readonly cases: readonly Case[];
}

/** An item of tier P0 with its cases by name. */
export function p0(number: number, title: string, stories: Readonly<Record<string, readonly Step[]>>): Item {
  const cases = Object.entries(stories).map(([name, steps]) => ({ name, steps }));
  return { number, tier: 'P0', title, cases };
}

type More = Omit<RequestStep, 'method' | 'path' | 'body'>;

/** GET of an object, a list or a document. */
export function get(path: string, more: More = {}): RequestStep {
  return { method: 'GET', path, ...more };
}

/** POST. */
export function post(path: string, body: Json, more: More = {}): RequestStep {
  return { method: 'POST', path, body, ...more };
}

/** PUT. */
export function put(path: string, body: Json, more: More = {}): RequestStep {
  return { method: 'PUT', path, body, ...more };
}

/** PATCH with a JSON merge patch. */
export function merge(path: string, body: Json, more: More = {}): RequestStep {
  return { method: 'PATCH', path, body, contentType: 'application/merge-patch+json', ...more };
}

/** PATCH with a JSON patch. */
export function jsonPatch(path: string, body: Json, more: More = {}): RequestStep {
  return { method: 'PATCH', path, body, contentType: 'application/json-patch+json', ...more };
}

/** PATCH with a strategic merge patch. */
export function strategic(path: string, body: Json, more: More = {}): RequestStep {
  return { method: 'PATCH', path, body, contentType: 'application/strategic-merge-patch+json', ...more };
}

/** PATCH that applies on the server's side. */
export function apply(path: string, body: Json, more: More = {}): RequestStep {
  return { method: 'PATCH', path, body, contentType: 'application/apply-patch+yaml', ...more };
}

/** DELETE, with options as body where given. */
export function remove(path: string, options?: JsonObject, more: More = {}): RequestStep {
  return { method: 'DELETE', path, ...(options && { body: options }), ...more };
}

/** WATCH of this path, which has its query. */
export function watch(path: string, events: WatchStep['events'], during: readonly RequestStep[] = []): WatchStep {
  return { watch: path, events, during };
}
