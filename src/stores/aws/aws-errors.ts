import { readRetryAfter } from '../../http/answer.ts';
import { CallError, type CallOutcome } from '../../http/call-error.ts';
import { isRecord } from '../../http/json.ts';
import { type CallSubject, errorOfAnswer, errorOfTransport, errorOfUnusableAnswer } from '../../http/outcome.ts';

interface Rule {
  readonly names: readonly string[];
  /** What AWS's own words must hold; anything when missing. */
  readonly says?: RegExp;
  readonly outcome: CallOutcome;
  readonly reason: string;
  /** What it means and what to do. */
  readonly meaning: string;
  /** For how long AWS is left alone, where it names no time itself. */
  readonly waitSeconds?: number;
}

/** What AWS's errors mean, by their names; the first that fits. Others are told by their status code. */
const RULES: readonly Rule[] = [
  {
    names: ['AccessDeniedException', 'AccessDenied'],
    says: /KMS/,
    outcome: 'denied',
    reason: 'AWSKeyUnusable',
    meaning:
      'its credential may not use the KMS key of the secret; grant it kms:Decrypt and kms:GenerateDataKey on that key',
  },
  {
    names: ['AccessDeniedException', 'AccessDenied'],
    outcome: 'denied',
    reason: 'AWSAccessDenied',
    meaning:
      'its policy lacks secretsmanager:DescribeSecret, GetSecretValue, PutSecretValue, UpdateSecretVersionStage or CreateSecret on this secret, or a policy of the secret or the organization forbids it',
  },
  {
    names: ['ExpiredTokenException', 'ExpiredToken'],
    outcome: 'denied',
    reason: 'AWSCredentialExpired',
    meaning: 'its credential has expired; a temporary one in a Secret has to be renewed by whoever put it there',
  },
  {
    names: [
      'UnrecognizedClientException',
      'InvalidClientTokenId',
      'InvalidSignatureException',
      'SignatureDoesNotMatch',
      'IncompleteSignatureException',
      'IncompleteSignature',
      'MissingAuthenticationTokenException',
      'MissingAuthenticationToken',
      'NotAuthorized',
    ],
    outcome: 'denied',
    reason: 'AWSCredentialRefused',
    meaning:
      'it does not know the access key, or its secret is another, or the clock here is wrong by minutes; check the credential of the store',
  },
  {
    names: ['OptInRequired', 'RegionDisabledException'],
    outcome: 'refused',
    reason: 'AWSRegionDisabled',
    meaning: 'the account does not use this region; enable it, or correct region of the store',
  },
  {
    names: [
      'ThrottlingException',
      'Throttling',
      'ThrottledException',
      'TooManyRequestsException',
      'RequestLimitExceeded',
      'RequestThrottledException',
    ],
    outcome: 'unavailable',
    reason: 'AWSThrottled',
    meaning: 'the account made too many calls; it is asked again later',
    waitSeconds: 1,
  },
  {
    names: ['DecryptionFailure', 'EncryptionFailure'],
    outcome: 'denied',
    reason: 'AWSKeyUnusable',
    meaning: 'the KMS key of the secret cannot be used; enable it, and grant kms:Decrypt and kms:GenerateDataKey on it',
  },
  {
    // Right after it was made; where nothing is there for good, the look before the write says so.
    names: ['ResourceNotFoundException'],
    outcome: 'unavailable',
    reason: 'AWSReadsLate',
    meaning: 'it does not know yet what was made a moment ago; it is asked again later',
  },
  {
    names: ['ResourceExistsException'],
    outcome: 'conflict',
    reason: 'AWSVersionExists',
    meaning: 'something else stands under this name; nothing was written over it',
  },
  {
    names: ['LimitExceededException'],
    outcome: 'refused',
    reason: 'AWSLimitExceeded',
    meaning: 'the secret has as many staging labels or versions as AWS allows; take labels off that nobody needs',
  },
  {
    names: ['InvalidRequestException'],
    says: /delet/i,
    outcome: 'refused',
    reason: 'AWSSecretDeleted',
    meaning:
      'the secret is scheduled for deletion, and is never restored by us; run: aws secretsmanager restore-secret',
  },
  {
    names: ['InvalidRequestException', 'InvalidParameterException', 'ValidationException', 'SerializationException'],
    outcome: 'refused',
    reason: 'AWSRequestRefused',
    meaning: 'asking again will not help; check the secret and what it is set up for',
  },
];

/** An error of the AWS SDK, or of the transport below it, as what is known after it. AWS's own words are compared, never repeated. */
export function errorOfAws(subject: CallSubject, error: unknown): CallError {
  const refusal = readRefusal(error);
  if (!refusal) {
    // What the SDK could not read came with a status, and nothing of it may be shown.
    if (error instanceof SyntaxError || hasResponse(error)) return errorOfUnusableAnswer(subject, 'it cannot be read');
    return errorOfTransport(subject, error);
  }
  const { name, words, status } = refusal;
  const rule = RULES.find(({ names, says }) => names.includes(name) && (says?.test(words) ?? true));
  const retryAfterSeconds = refusal.retryAfterSeconds ?? rule?.waitSeconds;
  if (!rule) return errorOfAnswer(subject, { status, retryAfterSeconds });
  const message = `${subject.peer} answered ${status} (${name}) when asked to ${subject.operation}: ${rule.meaning}`;
  return new CallError(rule.outcome, rule.reason, message, { status, retryAfterSeconds });
}

/** An answer without what its operation promises. */
export function errorOfUnknownShape(subject: CallSubject): CallError {
  return errorOfUnusableAnswer(subject, 'it is not of the known shape');
}

/** The name that AWS gave an error: `ResourceNotFoundException`. */
export function awsErrorName(error: unknown): string | undefined {
  return readRefusal(error)?.name;
}

interface Refusal {
  readonly name: string;
  readonly words: string;
  readonly status: number;
  readonly retryAfterSeconds: number | undefined;
}

/** An answer that is no success, as the SDK throws it. */
function readRefusal(error: unknown): Refusal | undefined {
  if (!(error instanceof Error) || !('$metadata' in error) || !isRecord(error.$metadata)) return undefined;
  const { httpStatusCode: status } = error.$metadata;
  if (typeof status !== 'number' || status < 300) return undefined;
  const response = '$response' in error && isRecord(error.$response) ? error.$response : {};
  return { name: error.name, words: error.message, status, retryAfterSeconds: retryAfterOf(response.headers) };
}

function retryAfterOf(headers: unknown): number | undefined {
  if (!isRecord(headers)) return undefined;
  const texts = Object.entries(headers).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  return readRetryAfter(Object.fromEntries(texts));
}

function hasResponse(error: unknown): boolean {
  return error instanceof Error && '$response' in error;
}
