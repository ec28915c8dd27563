import { CallError, type CallOutcome } from '../../http/call-error.ts';
import { type CallSubject, errorOfAnswer } from '../../http/outcome.ts';
import { readErrors } from './vault-answers.ts';

/** An answer that is no success. */
export interface VaultRefusal {
  readonly status: number;
  readonly body: unknown;
  readonly retryAfterSeconds?: number | undefined;
}

interface Rule {
  readonly statuses: readonly number[];
  /** What Vault's own words must hold; anything when missing. */
  readonly says?: RegExp;
  readonly outcome: CallOutcome;
  readonly reason: string;
  /** What it means and what to do. */
  readonly meaning: string;
}

/** What Vault's status codes mean; the first that fits. Others (500, 502, 504) leave it open whether the call was done. */
const RULES: readonly Rule[] = [
  {
    statuses: [400],
    says: /check-and-set parameter did not match/,
    outcome: 'conflict',
    reason: 'VaultCheckAndSetMismatch',
    meaning: 'another version stands there than was read; nothing was written',
  },
  {
    statuses: [400],
    outcome: 'refused',
    reason: 'VaultRequestRefused',
    meaning: 'asking again will not help; check mount and path of the store',
  },
  {
    statuses: [403],
    says: /invalid token/,
    outcome: 'denied',
    reason: 'VaultTokenDead',
    meaning:
      'its token is unknown, expired or revoked; where the store does not log in by itself, put a living one into its Secret',
  },
  {
    statuses: [401, 403],
    outcome: 'denied',
    reason: 'VaultPermissionDenied',
    meaning:
      'there is no such mount, its token is dead, or its policy lacks create, read, update on <mount>/data/<path> or read on <mount>/config',
  },
  {
    statuses: [404],
    outcome: 'refused',
    reason: 'VaultMountMissing',
    meaning: 'there is no such mount here; check url, namespace and mount of the store',
  },
  {
    statuses: [405],
    outcome: 'refused',
    reason: 'VaultMountUnsuitable',
    meaning: 'the mount is no KV version 2 engine; check mount of the store',
  },
  {
    statuses: [412],
    outcome: 'unavailable',
    reason: 'VaultStateNotPresent',
    meaning: 'this node has not caught up yet; it is asked again later',
  },
  {
    statuses: [429],
    outcome: 'unavailable',
    reason: 'VaultRateLimited',
    meaning: 'a rate limit quota is used up; it is asked again later',
  },
  {
    statuses: [307, 308, 472, 473, 474],
    outcome: 'unavailable',
    reason: 'VaultStandby',
    meaning: 'it is a standby; redirects are never followed: let url lead to the active node',
  },
  {
    statuses: [503],
    says: /sealed/,
    outcome: 'unavailable',
    reason: 'VaultSealed',
    meaning: 'unseal it, and initialize it first where it is new; it is asked again later',
  },
  {
    statuses: [501],
    outcome: 'unavailable',
    reason: 'VaultNotInitialized',
    meaning: 'initialize and unseal it; it is asked again later',
  },
  {
    statuses: [503, 530],
    outcome: 'unavailable',
    reason: 'VaultUnavailable',
    meaning: 'it is asked again later',
  },
];

/** The error that an answer means, by name. Vault's own words are compared, never repeated. */
export function errorOfRefusal(subject: CallSubject, { status, body, retryAfterSeconds }: VaultRefusal): CallError {
  const words = readErrors(body);
  const rule = RULES.find(({ statuses, says }) => statuses.includes(status) && (says?.test(words) ?? true));
  if (!rule) return errorOfAnswer(subject, { status, retryAfterSeconds });
  const message = `${subject.peer} answered ${status} when asked to ${subject.operation}: ${rule.meaning}`;
  return new CallError(rule.outcome, rule.reason, message, { status, retryAfterSeconds });
}
