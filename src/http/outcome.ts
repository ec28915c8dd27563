import { CallError } from './call-error.ts';
import { ExchangeExpired } from './exchange.ts';
import { NotConnectedError } from './transport.ts';

/** The call that an error is about; all of it may be shown. */
export interface CallSubject {
  /** Whom we called, for people: `issuer apio (Live)`. */
  readonly peer: string;
  /** What we asked for: `issue a key`. */
  readonly operation: string;
  /** Whether carrying it out twice or late is the same as once: decides what an answer in doubt means. */
  readonly idempotent: boolean;
}

/** An answer that is not the expected one. `code` is the peer's own name for the error, already checked to be a mere word. */
export interface BadAnswer {
  readonly status: number;
  readonly code?: string | undefined;
  readonly retryAfterSeconds?: number | undefined;
}

/** What a status code says about the effect of a call. */
export function errorOfAnswer(subject: CallSubject, answer: BadAnswer): CallError {
  const { status, retryAfterSeconds } = answer;
  const said = `${subject.peer} answered ${status}${answer.code ? ` (${answer.code})` : ''} when asked to ${subject.operation}`;
  const detail = { status, retryAfterSeconds };
  if (status === 401 || status === 403) {
    return new CallError('denied', 'AccessDenied', `${said}; check the credential and its permissions`, detail);
  }
  if (status === 409) return new CallError('conflict', 'Conflict', `${said}; something else stands there`, detail);
  if (status === 429) {
    return new CallError('unavailable', 'TooManyRequests', `${said}; it is asked again later`, detail);
  }
  if (status === 503) {
    return new CallError('unavailable', 'ServiceUnavailable', `${said}; it is asked again later`, detail);
  }
  if (status >= 500) return inDoubt(subject, 'ServerError', said, detail);
  if (status >= 300 && status < 400) {
    const advice = 'redirects are never followed; configure the address that it redirects to';
    return new CallError('refused', 'Redirected', `${said}; ${advice}`, detail);
  }
  // An API that names the error is at this address: what is not there is the thing that was asked for.
  const isNowhere = status === 404 && !answer.code;
  const advice = isNowhere ? 'there is nothing at this address: check the url' : 'check the specification';
  return new CallError('refused', 'RequestRefused', `${said}; asking again will not help, ${advice}`, detail);
}

/** An answer that came and cannot be used: not JSON, too long, not of the promised shape. */
export function errorOfUnusableAnswer(subject: CallSubject, why: string, status?: number): CallError {
  return inDoubt(subject, 'UnusableAnswer', `${subject.peer} gave an unusable answer to ${subject.operation}: ${why}`, {
    status,
  });
}

/** What a failure below HTTP says about the effect of a call. */
export function errorOfTransport(subject: CallSubject, error: unknown): CallError {
  if (error instanceof CallError) return error;
  if (error instanceof NotConnectedError) return notConnected(subject, error);
  if (error instanceof ExchangeExpired && !error.mayBeSent) return notSent(subject);
  const code = codeOf(error);
  if (code === 'UND_ERR_RES_EXCEEDED_MAX_SIZE') return errorOfUnusableAnswer(subject, 'it is too long');
  const timedOut = code.endsWith('TIMEOUT') || code === 'TimeoutError' || code === 'AbortError';
  const what = timedOut ? 'did not answer in time' : `broke the connection (${code})`;
  const said = `${subject.peer} ${what} when asked to ${subject.operation}`;
  return inDoubt(subject, timedOut ? 'RequestTimedOut' : 'ConnectionLost', said);
}

function notConnected({ peer, operation }: CallSubject, error: NotConnectedError): CallError {
  const intro = `cannot connect to ${peer} to ${operation}`;
  if (error.code === 'ADDRESS_DENIED') return new CallError('refused', 'AddressDenied', `${intro}: ${error.message}`);
  const advice = 'nothing was sent; check its address, certificate and the network policy';
  return new CallError('unavailable', 'ConnectionFailed', `${intro} (${error.code}); ${advice}`);
}

/** Others that hang hold all connections to it. */
function notSent({ peer, operation }: CallSubject): CallError {
  const said = `no connection to ${peer} was free in time to ${operation}`;
  return new CallError('unavailable', 'RequestTimedOut', `${said}; nothing was sent, it is asked again later`);
}

/** A question may be asked again; of an order nobody knows whether it was carried out. */
function inDoubt(
  subject: CallSubject,
  reason: string,
  said: string,
  detail: { status?: number | undefined } = {},
): CallError {
  if (subject.idempotent) return new CallError('unavailable', reason, `${said}; it is asked again later`, detail);
  return new CallError('unknown', reason, `${said}; whether it was done is not known`, detail);
}

/** The code of an error, else its name; never its message, which may hold what was sent. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unnamed error';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
