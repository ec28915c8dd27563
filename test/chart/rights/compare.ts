import type { Request } from './asked.ts';
import type { Permission } from './granted.ts';

/** What was granted against what was asked for, a sentence each. */
export interface Comparison {
  /** Permissions that no request needed. */
  readonly unused: readonly string[];
  /** Permissions that another one gives too, for as much or more: to take them away changes nothing. */
  readonly redundant: readonly string[];
  /** Requests that nothing allowed. */
  readonly missing: readonly string[];
  /** Requests that something else allowed: Kubernetes' own roles for everybody. */
  readonly borrowed: readonly string[];
}

type Asked = Pick<Request, 'namespace' | 'group' | 'resource' | 'verb' | 'name'>;

/** Compares a whole run. */
export function compareRights(granted: readonly Permission[], asked: readonly Request[]): Comparison {
  const allowed = asked.filter(({ isAllowed }) => isAllowed);
  const unused = granted.filter((permission) => !allowed.some((request) => covers(permission, request)));
  const missing = asked.filter(({ isAllowed }) => !isAllowed);
  const borrowed = allowed.filter((request) => !granted.some((permission) => covers(permission, request)));
  return {
    unused: sorted(unused.map(ofRole)),
    redundant: redundantIn(granted),
    missing: sorted(missing.map((request) => `${sentenceOf(request)} in ${request.namespace ?? 'no namespace'}`)),
    borrowed: sorted(borrowed.map((request) => `${sentenceOf(request)} by ${request.by}`)),
  };
}

/** Those of them that another one covers wholly, a sentence each. */
export function redundantIn(granted: readonly Permission[]): readonly string[] {
  const redundant = granted.filter((one) => granted.some((other) => other !== one && includes(other, one)));
  return sorted(redundant.map(ofRole));
}

function includes(wide: Permission, narrow: Permission): boolean {
  if (!narrow.namespaces) return !wide.namespaces && covers(wide, { ...narrow, namespace: undefined });
  return narrow.namespaces.every((namespace) => covers(wide, { ...narrow, namespace }));
}

const ofRole = (permission: Permission) => `${sentenceOf(permission)} of ${permission.role}`;

function covers({ namespaces, group, resource, verb, name }: Permission, request: Asked): boolean {
  const isThere = namespaces === undefined || namespaces.includes(request.namespace ?? '');
  const isNamed = name === undefined || name === request.name;
  return isThere && isNamed && group === request.group && resource === request.resource && verb === request.verb;
}

function sentenceOf({ verb, group, resource, name }: Pick<Permission, 'verb' | 'group' | 'resource' | 'name'>): string {
  return [verb, group === '' ? resource : `${resource}.${group}`, ...(name === undefined ? [] : [name])].join(' ');
}

const sorted = (sentences: readonly string[]) => [...new Set(sentences)].sort();
