import { asArray, asObject, asString, dig, entries, type Json, type JsonObject } from './json.ts';
import type { KubeObject, UserInfo } from './object.ts';
import type { AccessRequest } from './rbac.ts';
import { badRequest } from './status.ts';
import type { TokenVerdict } from './tokens.ts';

/** What the answers depend on; `user` is the caller. */
export interface ReviewDeps {
  user: UserInfo;
  reviewToken: (token: string, audiences: string[]) => TokenVerdict;
  isAllowed: (user: UserInfo, request: AccessRequest) => boolean;
}

function tokenStatus(spec: Json | undefined, deps: ReviewDeps): JsonObject {
  const token = asString(dig(spec, 'token'));
  if (token === '') throw badRequest('token is required for TokenReview in authentication');
  const verdict = deps.reviewToken(token, asArray(dig(spec, 'audiences')).map(asString));
  if (!verdict.authenticated) return { user: {}, error: verdict.error };
  return { authenticated: true, user: { ...verdict.user }, audiences: verdict.audiences };
}

function accessStatus(spec: Json | undefined, user: UserInfo, deps: ReviewDeps): JsonObject {
  const attributes = dig(spec, 'resourceAttributes');
  if (attributes === undefined) return { allowed: dig(spec, 'nonResourceAttributes') !== undefined };
  const text = (name: string) => asString(dig(attributes, name));
  const allowed = deps.isAllowed(user, {
    verb: text('verb'),
    group: text('group'),
    resource: text('resource'),
    subresource: text('subresource') || undefined,
    name: text('name') || undefined,
    namespace: text('namespace') || undefined,
  });
  return allowed ? { allowed } : { allowed, reason: '' };
}

function subjectOfReview(spec: Json | undefined): UserInfo {
  const extra = entries(asObject(dig(spec, 'extra'))).map(([key, value]) => [key, asArray(value).map(asString)]);
  const groups = asArray(dig(spec, 'groups')).map(asString);
  return { username: asString(dig(spec, 'user')), groups, extra: Object.fromEntries(extra) };
}

/** Answers a TokenReview, SubjectAccessReview or SelfSubjectAccessReview: the object with status. */
export function answerReview(review: KubeObject, deps: ReviewDeps): KubeObject {
  const { kind, spec } = review;
  switch (kind) {
    case 'TokenReview':
      return { ...review, status: tokenStatus(spec, deps) };
    case 'SubjectAccessReview':
      return { ...review, status: accessStatus(spec, subjectOfReview(spec), deps) };
    default:
      return { ...review, status: accessStatus(spec, deps.user, deps) };
  }
}
