import type { IncomingHttpHeaders } from 'node:http';
import { type KubeEngine, systemAdmin } from '../engine/engine.ts';
import type { AccessRequest } from '../engine/identity/rbac.ts';
import { unauthorized } from '../engine/identity/tokens.ts';
import type { UserInfo } from '../engine/object.ts';
import { forbiddenAccess } from '../engine/status.ts';

/** Users by static bearer token. */
export type StaticTokens = Readonly<Record<string, UserInfo>>;

/**
 * Who sent a request: the owner of its bearer token, or the administrator when it has no Authorization header, since
 * kubectl sends none over plain http. Throws 401 for a token that nobody owns.
 */
export function authenticate(engine: KubeEngine, tokens: StaticTokens, authorization: string | undefined): UserInfo {
  if (authorization === undefined) return systemAdmin;
  const token = /^Bearer (.+)$/.exec(authorization)?.[1] ?? '';
  const known = Object.hasOwn(tokens, token) ? tokens[token] : undefined;
  if (known) return known;
  const verdict = engine.reviewToken(token);
  if (!verdict.authenticated) throw unauthorized();
  return verdict.user;
}

function groupsOf(username: string): string[] {
  const [, namespace] = /^system:serviceaccount:([^:]+):/.exec(username) ?? [];
  if (namespace === undefined) return ['system:authenticated'];
  return ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'];
}

/** Whom a request is made for: another user where an administrator says so (`kubectl --as`). Throws 403. */
export function impersonate(user: UserInfo, headers: IncomingHttpHeaders): UserInfo {
  const { 'impersonate-user': as, 'impersonate-group': groups = [] } = headers;
  if (typeof as !== 'string') return user;
  if (!user.groups.includes('system:masters')) {
    const why = `User "${user.username}" cannot impersonate resource "users" in API group "" at the cluster scope`;
    throw forbiddenAccess({ group: '', resource: 'users', name: as }, why);
  }
  const given = typeof groups === 'string' ? groups.split(', ') : groups;
  return { username: as, groups: given.length > 0 ? [...given, 'system:authenticated'] : groupsOf(as) };
}

/** Throws 403 when RBAC is on and does not grant the request. */
export function authorize(engine: KubeEngine, user: UserInfo, request: AccessRequest): void {
  const asksAboutItself = request.resource.startsWith('selfsubject');
  if (!engine.rbac || asksAboutItself || engine.isAllowed(user, request)) return;
  const { verb, group, resource, subresource, name = '', namespace } = request;
  const what = subresource ? `${resource}/${subresource}` : resource;
  const where = namespace === undefined ? 'at the cluster scope' : `in the namespace "${namespace}"`;
  const why = `User "${user.username}" cannot ${verb} resource "${what}" in API group "${group}" ${where}`;
  throw forbiddenAccess({ group, resource, name }, why);
}
