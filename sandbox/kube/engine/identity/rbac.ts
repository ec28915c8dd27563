import { asArray, asString, dig, isObject, type Json, type JsonObject } from '../json.ts';
import type { KubeObject, UserInfo } from '../object.ts';

/** One thing that a user wants to do; no namespace means at cluster scope. */
export interface AccessRequest {
  verb: string;
  group: string;
  resource: string;
  subresource?: string | undefined;
  name?: string | undefined;
  namespace?: string | undefined;
}

/** One path outside of the resources that a user wants to ask for. */
export interface PathRequest {
  verb: string;
  path: string;
}

/** Reads the roles and bindings in force; no namespace reads the cluster-scoped ones. */
export type RoleReader = (resource: string, namespace?: string) => KubeObject[];

function includes(list: Json | undefined, wanted: string): boolean {
  return asArray(list).some((item) => item === '*' || item === wanted);
}

function isPathIn(list: Json | undefined, path: string): boolean {
  return asArray(list)
    .map(asString)
    .some((url) => url === path || (url.endsWith('*') && path.startsWith(url.slice(0, -1))));
}

function allows(rule: JsonObject, request: AccessRequest | PathRequest): boolean {
  if ('path' in request) return includes(rule.verbs, request.verb) && isPathIn(rule.nonResourceURLs, request.path);
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

function described(binding: KubeObject, subject: Json): string {
  const { name, namespace } = binding.metadata;
  const kind = namespace === undefined ? 'ClusterRoleBinding' : 'RoleBinding';
  const holder = namespace === undefined ? name : `${name}/${namespace}`;
  const role = `${asString(dig(binding, 'roleRef', 'kind'))} "${asString(dig(binding, 'roleRef', 'name'))}"`;
  const home = dig(subject, 'kind') === 'ServiceAccount' ? `/${asString(dig(subject, 'namespace')) || namespace}` : '';
  const who = `${asString(dig(subject, 'kind'))} "${asString(dig(subject, 'name'))}${home}"`;
  return `RBAC: allowed by ${kind} "${holder}" of ${role} to ${who}`;
}

/** What API servers give from their start to all whom they know, by the name of role and binding. */
const startRules: { readonly [name: string]: JsonObject } = {
  'system:basic-user': {
    apiGroups: ['authorization.k8s.io', 'authentication.k8s.io'],
    resources: ['selfsubjectaccessreviews', 'selfsubjectrulesreviews', 'selfsubjectreviews'],
    verbs: ['create'],
  },
  'system:discovery': {
    nonResourceURLs: ['/api', '/api/*', '/apis', '/apis/*', '/openapi', '/openapi/*'].concat(
      '/healthz',
      '/livez',
      '/readyz',
      '/version',
      '/version/',
    ),
    verbs: ['get'],
  },
};

function startGrantOf(user: UserInfo, request: AccessRequest | PathRequest): string | undefined {
  if (!user.groups.includes('system:authenticated')) return undefined;
  const [name] = Object.entries(startRules).find(([, rule]) => allows(rule, request)) ?? [];
  if (name === undefined) return undefined;
  return `RBAC: allowed by ClusterRoleBinding "${name}" of ClusterRole "${name}" to Group "system:authenticated"`;
}

/** RBAC: which binding of the user grants the request; empty for `system:masters`, who may do anything. */
export function grantOf(user: UserInfo, request: AccessRequest | PathRequest, read: RoleReader): string | undefined {
  if (user.groups.includes('system:masters')) return '';
  const namespace = 'path' in request ? undefined : request.namespace;
  const local = namespace === undefined ? [] : read('rolebindings', namespace);
  for (const binding of [...read('clusterrolebindings'), ...local]) {
    const subject = asArray(binding.subjects).find((one) => isSubject(one, user, binding.metadata.namespace));
    const isGranted = subject !== undefined && boundRules(binding, read).some((rule) => allows(rule, request));
    if (isGranted) return described(binding, subject);
  }
  return startGrantOf(user, request);
}
