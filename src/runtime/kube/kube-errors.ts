import { CallError } from '../../http/call-error.ts';

/** Whether the version to continue from is gone (410): list anew. */
export function isExpired(error: unknown): boolean {
  return error instanceof CallError && error.status === 410;
}

/** Whether there is no such list or object for us: the kind is not known, or we have no right to it (404, 403). */
export function isNotServed(error: unknown): error is CallError {
  return error instanceof CallError && (error.status === 404 || error.status === 403);
}

/** Whether a write found no such object (404). */
export function isNotFound(error: unknown): boolean {
  return error instanceof CallError && error.status === 404;
}

/** Whether a compare-and-set, a precondition or a create met something else (409). */
export function isConflict(error: unknown): boolean {
  return error instanceof CallError && error.outcome === 'conflict';
}
