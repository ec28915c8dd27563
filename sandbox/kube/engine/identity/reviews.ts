import { type FieldError, invalid } from '../field-error.ts';
import { asArray, asObject, asString, dig, entries, isObject, type Json, type JsonObject } from '../json.ts';
import type { KubeObject, UserInfo } from '../object.ts';
import { badRequest, invalidObject } from '../status.ts';
import type { AccessRequest, PathRequest } from './rbac.ts';
import type { TokenVerdict } from './tokens.ts';

/** What the answers depend on; `user` is the caller. */
export interface ReviewDeps {
  user: UserInfo;
  reviewToken: (token: string, audiences: string[]) => TokenVerdict;
  /** What allows a request, in words that may be empty; undefined where nothing does. */
  grant: (user: UserInfo, request: AccessRequest | PathRequest) => string | undefined;
}

function tokenStatus(spec: Json | undefined, deps: ReviewDeps): JsonObject {
  const token = asString(dig(spec, 'token'));
  if (token === '') throw badRequest('token is required for TokenReview in authentication');
  const verdict = deps.reviewToken(token, asArray(dig(spec, 'audiences')).map(asString));
  if (!verdict.authenticated) return { user: {}, error: verdict.error };
  return { authenticated: true, user: { ...verdict.user }, audiences: verdict.audiences };
}

/** What a review asks about. */
function requestOf(spec: Json | undefined): AccessRequest | PathRequest {
  const attributes = dig(spec, 'resourceAttributes') ?? dig(spec, 'nonResourceAttributes');
  const text = (name: string) => asString(dig(attributes, name));
  if (dig(spec, 'resourceAttributes') === undefined) return { verb: text('verb'), path: text('path') };
  return {
    verb: text('verb'),
    group: text('group'),
    resource: text('resource'),
    subresource: text('subresource') || undefined,
    name: text('name') || undefined,
    namespace: text('namespace') || undefined,
  };
}

function accessStatus(spec: Json | undefined, user: UserInfo, { grant }: ReviewDeps): JsonObject {
  const reason = grant(user, requestOf(spec));
  return { allowed: reason !== undefined, ...(reason && { reason }) };
}

function subjectOfReview(spec: Json | undefined): UserInfo {
  const extra = entries(asObject(dig(spec, 'extra'))).map(([key, value]) => [key, asArray(value).map(asString)]);
  const groups = asArray(dig(spec, 'groups')).map(asString);
  return { username: asString(dig(spec, 'user')), groups, extra: Object.fromEntries(extra) };
}

/** Throws 422 for a question that is none. */
function assertAsks(spec: Json | undefined, isAboutCaller: boolean): void {
  const errors: FieldError[] = [];
  const subjects = [dig(spec, 'resourceAttributes'), dig(spec, 'nonResourceAttributes')];
  if (subjects.filter((subject) => subject !== undefined).length !== 1) {
    const why = 'exactly one of nonResourceAttributes or resourceAttributes must be specified';
    errors.push(invalid('spec.resourceAttributes', null, why));
  }
  const names = [asString(dig(spec, 'user')), ...asArray(dig(spec, 'groups'))];
  if (!isAboutCaller && names.every((name) => name === '')) {
    errors.push(invalid('spec.user', '', 'at least one of user or group must be specified'));
  }
  if (errors.length === 0) return;
  const error = invalidObject({ group: 'authorization.k8s.io', resource: '', name: '' }, errors);
  error.status.details = { group: 'authorization.k8s.io', causes: asArray(error.status.details?.causes) };
  throw error;
}

/** The question as Go writes it: without what is empty. */
function asked(spec: Json | undefined): JsonObject {
  const question = { ...asObject(spec) };
  for (const name of ['resourceAttributes', 'nonResourceAttributes']) {
    const attributes = question[name];
    if (!isObject(attributes)) continue;
    question[name] = Object.fromEntries(entries(attributes).filter(([, value]) => value !== ''));
  }
  return question;
}

/** Answers a review of the caller, a token or what somebody may do: the object with status. */
export function answerReview(review: KubeObject, deps: ReviewDeps): KubeObject {
  const { kind, spec } = review;
  if (kind === 'SelfSubjectReview') return { ...review, status: { userInfo: { ...deps.user } } };
  if (kind !== 'TokenReview') assertAsks(spec, kind === 'SelfSubjectAccessReview');
  switch (kind) {
    case 'TokenReview':
      return { ...review, status: tokenStatus(spec, deps) };
    case 'SubjectAccessReview':
      return { ...review, spec: asked(spec), status: accessStatus(spec, subjectOfReview(spec), deps) };
    default:
      return { ...review, spec: asked(spec), status: accessStatus(spec, deps.user, deps) };
  }
}
