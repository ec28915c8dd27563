import { CallError, type CallOutcome } from '../../http/call-error.ts';

/** metav1.Status: what the API server answers where it has no object to answer with. */
export interface KubeStatus {
  readonly kind: 'Status';
  readonly code?: number;
  readonly reason?: string;
  readonly message?: string;
  readonly details?: { readonly name?: string; readonly causes?: readonly { readonly field?: string }[] };
}

/** What was asked, for the error text and to judge what a missing answer means. */
export interface Attempted {
  readonly method: string;
  /** `Secret payments/apio`, or the kind alone. */
  readonly what: string;
  /** False where the API server's message could quote the body of a Secret. */
  readonly quotable: boolean;
}

const MAX_MESSAGE_LENGTH = 1_000;

/** Whether a parsed answer is a metav1.Status. */
export function isStatus(body: unknown): body is KubeStatus {
  return typeof body === 'object' && body !== null && 'kind' in body && body.kind === 'Status';
}

/** The error that an answer of this HTTP status (400 or more) is. */
export function statusError(
  attempted: Attempted,
  status: number,
  body: unknown,
  retryAfterSeconds?: number | undefined,
): CallError {
  const answer = isStatus(body) ? body : undefined;
  const reason = /^[A-Z][A-Za-z]+$/.test(answer?.reason ?? '') ? String(answer?.reason) : `Http${status}`;
  const message = `${describe(attempted)}: ${explain(attempted, status, answer)}`.slice(0, MAX_MESSAGE_LENGTH);
  return new CallError(outcomeOf(attempted, status), reason, message, { status, retryAfterSeconds });
}

/** The error that a call without a (readable) answer is: `unknown` where it may have changed something. */
export function noAnswerError(attempted: Attempted, reason: string, why: string): CallError {
  return new CallError(isRead(attempted) ? 'unavailable' : 'unknown', reason, `${describe(attempted)}: ${why}`);
}

/** The error that a call is which surely never reached the API server. */
export function notSentError(attempted: Attempted, reason: string, why: string): CallError {
  return new CallError('unavailable', reason, `${describe(attempted)}: ${why}`);
}

function outcomeOf(attempted: Attempted, status: number): CallOutcome {
  if (status === 401 || status === 403) return 'denied';
  if (status === 409) return 'conflict';
  if (status === 429) return 'unavailable';
  if (status >= 500) return isRead(attempted) ? 'unavailable' : 'unknown';
  return 'refused';
}

function explain({ quotable }: Attempted, status: number, answer: KubeStatus | undefined): string {
  if (!answer) return `the Kubernetes API answered HTTP ${status}`;
  if (quotable && answer.message) return answer.message;
  const fields = answer.details?.causes?.flatMap(({ field }) => field ?? []) ?? [];
  return `the Kubernetes API answered ${answer.reason ?? status}${fields.length > 0 ? ` for ${fields.join(', ')}` : ''}`;
}

function describe({ method, what }: Attempted): string {
  return `${method} ${what}`;
}

function isRead({ method }: Attempted): boolean {
  return method === 'GET';
}
