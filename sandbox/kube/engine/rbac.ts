import { asArray, asString, dig, isObject, type Json, type JsonObject } from './json.ts';
import type { KubeObject, UserInfo } from './object.ts';

/** One thing that a user wants to do; no namespace means at cluster scope. */
export interface AccessRequest {
  verb: string;
  group: string;
  resource: string;
  subresource?: string | undefined;
  name?: string | undefined;
  namespace?: string | undefined;
}

/** Reads the roles and bindings in force; no namespace reads the cluster-scoped ones. */
export type RoleReader = (resource: string, namespace?: string) => KubeObject[];

function includes(list: Json | undefined, wanted: string): boolean {
  return asArray(list).some((item) => item === '*' || item === wanted);
}

function allows(rule: JsonObject, request: AccessRequest): boolean {
  const resource = request.subresource ? `${request.resource}/${request.subresource}` : request.resource;
  const names = asArray(rule.resourceNames);
  const wildcard = request.subresource !== undefined && includes(rule.resources, `*/${request.subresource}`);
  return (
    includes(rule.verbs, request.verb) &&
    includes(rule.apiGroups, request.group) &&
    (wildcard || includes(rule.resources, resource)) &&
    (names.length === 0 || (request.name !== undefined && names.includes(request.name)))
  );
}

function isSubject(subject: Json, user: UserInfo, bindingNamespace: string | undefined): boolean {
  const name = asString(dig(subject, 'name'));
  switch (dig(subject, 'kind')) {
    case 'User':
      return user.username === name;
    case 'Group':
      return user.groups.includes(name);
    case 'ServiceAccount': {
      const namespace = asString(dig(subject, 'namespace')) || (bindingNamespace ?? '');
      return user.username === `system:serviceaccount:${namespace}:${name}`;
    }
    default:
      return false;
  }
}

function boundRules(binding: KubeObject, read: RoleReader): JsonObject[] {
  const { kind, name } = { kind: dig(binding, 'roleRef', 'kind'), name: dig(binding, 'roleRef', 'name') };
  const roles = kind === 'ClusterRole' ? read('clusterroles') : read('roles', binding.metadata.namespace);
  const role = roles.find((candidate) => candidate.metadata.name === name);
  return asArray(role?.rules).filter(isObject);
}

/** RBAC: whether any binding of the user grants the request; `system:masters` may do anything. */
export function isAllowed(user: UserInfo, request: AccessRequest, read: RoleReader): boolean {
  if (user.groups.includes('system:masters')) return true;
  const { namespace } = request;
  const local = namespace === undefined ? [] : read('rolebindings', namespace);
  return [...read('clusterrolebindings'), ...local]
    .filter((binding) =>
      asArray(binding.subjects).some((subject) => isSubject(subject, user, binding.metadata.namespace)),
    )
    .some((binding) => boundRules(binding, read).some((rule) => allows(rule, request)));
}
