import type { Readable } from 'node:stream';
import { CallError } from '../../http/call-error.ts';
import { AnswerTooLarge, ExchangeExpired } from '../../http/exchange.ts';
import { type Attempted, noAnswerError, notSentError } from './status-error.ts';

/** The text of a body that is no larger than `maxBytes`. */
export async function readText(body: Readable, maxBytes: number): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > maxBytes) throw new AnswerTooLarge(maxBytes);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** The API server asks for a second as a rule; a proxy's page about maintenance must not put off a revocation for a day. */
const LONGEST_RETRY_AFTER_SECONDS = 60;

/** Seconds of a Retry-After header, a minute at the most; a date, or nothing, is undefined. */
export function retryAfterSeconds(header: string | undefined): number | undefined {
  const seconds = Number(header ?? Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? Math.min(seconds, LONGEST_RETRY_AFTER_SECONDS) : undefined;
}

/** Codes of errors that come before the first byte is sent. */
const NOT_SENT = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** The error that a call is of which no answer came; `expiredMs` where its time was over. */
export function toCallError(error: unknown, attempted: Attempted, expiredMs: number | undefined): CallError {
  if (error instanceof CallError) return error;
  if (error instanceof ExchangeExpired && !error.mayBeSent) {
    const why = `no credential or no connection to the Kubernetes API within ${expiredMs} ms; nothing was sent`;
    return notSentError(attempted, 'RequestTimedOut', why);
  }
  if (expiredMs !== undefined) {
    return noAnswerError(attempted, 'RequestTimedOut', `the Kubernetes API did not answer within ${expiredMs} ms`);
  }
  if (error instanceof AnswerTooLarge) return noAnswerError(attempted, 'AnswerTooLarge', error.message);
  const code = codeOf(error);
  const why = `no answer from the Kubernetes API (${code})`;
  if (NOT_SENT.has(code)) return notSentError(attempted, 'ConnectionFailed', why);
  if (/CERT|TLS|SSL|SELF_SIGNED/.test(code)) return notSentError(attempted, 'TLSFailed', why);
  return noAnswerError(attempted, 'ConnectionBroken', why);
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown error';
  if ('code' in error && typeof error.code === 'string') return error.code;
  return error.cause instanceof Error ? codeOf(error.cause) : error.name;
}
