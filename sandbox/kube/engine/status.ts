import type { FieldError } from './field-error.ts';
import type { Json, JsonObject } from './json.ts';

/** A `metav1.Status` of a failure. */
export interface FailureStatus extends JsonObject {
  kind: 'Status';
  apiVersion: 'v1';
  metadata: JsonObject;
  status: 'Failure';
  message: string;
  reason?: string;
  code: number;
  details?: JsonObject;
}

/** Thrown for every refused request; `status` is the body that an API server answers. */
export class StatusError extends Error {
  override readonly name = 'StatusError';
  readonly status: FailureStatus;

  constructor(code: number, reason: string, message: string, details?: JsonObject) {
    super(message);
    const base = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, code } as const;
    this.status = { ...base, ...(reason && { reason }), ...(details && { details }) };
  }

  get code(): number {
    return this.status.code;
  }

  get reason(): string {
    return this.status.reason ?? '';
  }
}

/** What an error is about: `resource` is the plural (`secrets`) or, for Invalid, the kind. */
export interface Subject {
  group: string;
  resource: string;
  name: string;
}

function qualified(subject: Subject): string {
  return subject.group === '' ? subject.resource : `${subject.resource}.${subject.group}`;
}

function details(subject: Subject, extra: JsonObject = {}): JsonObject {
  const { group, resource, name } = subject;
  return { ...(name && { name }), ...(group && { group }), ...(resource && { kind: resource }), ...extra };
}

/** 404 for an object. */
export function notFound(subject: Subject): StatusError {
  return new StatusError(404, 'NotFound', `${qualified(subject)} "${subject.name}" not found`, details(subject));
}

/** 404 for a path that no resource serves. */
export function noSuchResource(): StatusError {
  return new StatusError(404, 'NotFound', 'the server could not find the requested resource', {});
}

/** 409 because the name is taken, be it by an object that is being deleted. */
export function alreadyExists(subject: Subject, isGoing: boolean): StatusError {
  const message = `${isGoing ? 'object is being deleted: ' : ''}${qualified(subject)} "${subject.name}" already exists`;
  return new StatusError(409, 'AlreadyExists', message, details(subject));
}

/** 409 because the caller decided from another version of the object, or names another object. */
export function conflict(subject: Subject, cause?: string): StatusError {
  const why = cause ?? 'the object has been modified; please apply your changes to the latest version and try again';
  const message = `Operation cannot be fulfilled on ${qualified(subject)} "${subject.name}": ${why}`;
  return new StatusError(409, 'Conflict', message, details(subject));
}

/** 422 with a cause per field. `subject.resource` is the kind. */
export function invalidObject(subject: Subject, errors: FieldError[]): StatusError {
  const texts = [...new Set(errors.map((error) => `${error.field}: ${error.message}`))];
  const text = texts.length === 1 ? (texts[0] ?? '') : `[${texts.join(', ')}]`;
  const causes: Json[] = errors.map(({ reason, message, field }) => ({ reason, message, field }));
  const message = `${qualified(subject)} "${subject.name}" is invalid: ${text}`;
  return new StatusError(422, 'Invalid', message, details(subject, { causes }));
}

/** 422 for options of a request. @param kind `ListOptions`, `DeleteOptions`, ... */
export function invalidOptions(kind: string, errors: FieldError[]): StatusError {
  return invalidObject({ group: 'meta.k8s.io', resource: kind, name: '' }, errors);
}

/** 400 for a request that makes no sense. */
export function badRequest(message: string): StatusError {
  return new StatusError(400, 'BadRequest', message);
}

/** 403, with the reason after the standard words. */
export function forbiddenAccess(subject: Subject, why: string, causes?: Json[]): StatusError {
  const about = subject.name === '' ? qualified(subject) : `${qualified(subject)} "${subject.name}"`;
  return new StatusError(403, 'Forbidden', `${about} is forbidden: ${why}`, details(subject, causes && { causes }));
}

/** What Go says of a text that is no unsigned number. */
export function unparsable(text: string): string {
  return `strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`;
}

/** 410: the asked-for version is no longer in the history. */
export function expired(message: string): StatusError {
  return new StatusError(410, 'Expired', message);
}

/** 504: the asked-for version lies in the future. */
export function tooLargeResourceVersion(asked: string, current: number): StatusError {
  const causes: Json[] = [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }];
  const message = `Timeout: Too large resource version: ${asked}, current: ${current}`;
  return new StatusError(504, 'Timeout', message, { causes, retryAfterSeconds: 1 });
}

/** 415 for a body or patch of a type that the resource does not take. */
export function unsupportedMediaType(message: string): StatusError {
  return new StatusError(415, 'UnsupportedMediaType', message);
}

/** 415 for a patch of a type that the resource does not take. */
export function unsupportedPatch(custom: boolean): StatusError {
  if (!custom) return new StatusError(415, 'UnsupportedMediaType', '415: Unsupported Media Type', {});
  const accepted = 'application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml';
  return unsupportedMediaType(
    `the body of the request was in an unknown format - accepted media types include: ${accepted}`,
  );
}

/** 405 for a verb that the resource does not have. */
export function methodNotAllowed(): StatusError {
  return new StatusError(
    405,
    'MethodNotAllowed',
    'the server does not allow this method on the requested resource',
    {},
  );
}
