import { type KubeEngine, systemAdmin } from '../engine/engine.ts';
import type { UserInfo } from '../engine/object.ts';
import type { AccessRequest } from '../engine/rbac.ts';
import { forbiddenAccess } from '../engine/status.ts';
import { unauthorized } from '../engine/tokens.ts';

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

/** Throws 403 when RBAC is on and does not grant the request; only service accounts are judged. */
export function authorize(engine: KubeEngine, user: UserInfo, request: AccessRequest): void {
  const asksAboutItself = request.resource.startsWith('selfsubject');
  const isJudged = engine.rbac && user.username.startsWith('system:serviceaccount:') && !asksAboutItself;
  if (!isJudged || engine.isAllowed(user, request)) return;
  const { verb, group, resource, subresource, name = '', namespace } = request;
  const what = subresource ? `${resource}/${subresource}` : resource;
  const where = namespace === undefined ? 'at the cluster scope' : `in the namespace "${namespace}"`;
  const why = `User "${user.username}" cannot ${verb} resource "${what}" in API group "${group}" ${where}`;
  throw forbiddenAccess({ group, resource, name }, why);
}
