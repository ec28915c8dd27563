import { CallError } from '../../../src/http/call-error.ts';
import { noAnswerError, statusError } from '../../../src/runtime/kube/status-error.ts';
import { type StoreTrouble, troublesAt } from './store-troubles.ts';

/** What can go wrong with one call to the outside. */
export type CallFault =
  /** The process dies before the request leaves. */
  | 'crash-before'
  /** The process dies after the request was carried out, before it hears of it. */
  | 'crash-after'
  /** The request never arrives; the caller waits until its time-out. */
  | 'lost-request'
  /** Carried out; the answer never arrives. */
  | 'lost-answer'
  /** The caller has given up when the request is carried out: a minute later, or five. */
  | 'late-1m'
  | 'late-5m'
  /** Refused; nothing was carried out. */
  | '403'
  | '409'
  | '429'
  | '500'
  | '503'
  /** Carried out, and answered 500 all the same; or, by something between us and a store, 409 or 503. */
  | '500-done'
  | '409-done'
  | '503-done'
  /** The answer that this read would have had before the last write. */
  | 'stale'
  /** The process stands still for two minutes, from here on. */
  | 'pause'
  /** From here on this process does not reach the peer of this call for three minutes; all others do. */
  | 'cut'
  /**
   * The other direction: for three minutes all that this process asks of the peer is carried out, and it hears nothing from there. The
   * worst that connections which stand can do; where they break, nothing arrives any more, as with `cut`. Answers that are under way
   * when it begins are still heard.
   */
  | 'deaf'
  /** From here on the store is in trouble for a while, whoever calls it. */
  | StoreTrouble
  /** From here on the watches of this process are silent for three minutes, and no connection breaks; calls are answered. */
  | 'mute-watch'
  /** From here on this process's wall clock is a day ahead or behind, or its time runs at double speed. */
  | 'clock-ahead'
  | 'clock-behind'
  | 'clock-double'
  /** Nothing goes wrong with the call; when it leaves, outsiders do what the story has for them (`Scenario.meanwhile`). */
  | 'meanwhile';

/** Whom a call goes to. */
export type Peer = 'kube' | 'issuer' | 'store';

/** One call to the outside, as its process sends it. */
export interface Call {
  /** `issuer issue`, `kube PUT status apikeyrotations`. */
  readonly name: string;
  readonly peer: Peer;
  readonly isRead: boolean;
  /** Which of its kind: a path, a key id. */
  readonly detail: string;
  /** The name of the issuer object through which it goes, where it goes to an issuer. */
  readonly through?: string;
}

/** Tells the peer, and whether a call only asks, from its name. */
export function callOf(name: string, detail = '', through?: string): Call {
  const kind = KINDS.get(name) ?? kindOf(name);
  KINDS.set(name, kind);
  return through === undefined ? { ...kind, detail } : { ...kind, detail, through };
}

/** There are few names, and each is told ten thousands of times. */
const KINDS = new Map<string, Pick<Call, 'name' | 'peer' | 'isRead'>>();

function kindOf(name: string): Pick<Call, 'name' | 'peer' | 'isRead'> {
  const [peer = '', verb = ''] = name.split(' ');
  return { name, peer: peer as Peer, isRead: READS.has(verb) };
}

const READS = new Set([
  'GET',
  'LIST',
  'verify',
  'show',
  'get',
  'list',
  'find',
  'read',
  'readVersion',
  'describe',
  'version',
  'served',
  'check',
  'usage',
  'probe',
]);

/** Which faults a call can meet. Reads of Kubernetes are consistent by contract: they are stale through caches only. */
export function faultsOf(call: Call): CallFault[] {
  const { peer, isRead } = call;
  return [
    ...ALWAYS,
    ...(isRead ? [] : (['late-1m', 'late-5m', '409', '500-done'] as const)),
    ...(!isRead && peer === 'store' ? (['409-done', '503-done'] as const) : []),
    ...(isRead && peer !== 'kube' ? (['stale'] as const) : []),
    ...(peer === 'kube' ? (['mute-watch'] as const) : []),
    ...troublesAt(call),
  ];
}

/** Whether a fault that was drawn without knowing the call can meet it: what belongs to no call can at any. */
export function canMeet(call: Call, fault: CallFault): boolean {
  return OF_NO_CALL.has(fault) || faultsOf(call).includes(fault);
}

const OF_NO_CALL: ReadonlySet<CallFault> = new Set([
  'clock-ahead',
  'clock-behind',
  'clock-double',
  'meanwhile',
  'mute-watch',
]);

const ALWAYS: readonly CallFault[] = [
  'crash-before',
  'crash-after',
  'lost-request',
  'lost-answer',
  '429',
  '500',
  '503',
  'pause',
  'cut',
  'deaf',
];

/** What all but Secrets Manager ask for with a 429: that one says that there were too many calls, and not for how long. */
const RETRY_AFTER_SECONDS = 7;

/** How a refusal or a missing answer reaches the caller, as the adapters would tell it. */
export function errorOf(fault: CallFault, call: Call): CallError {
  const { name, peer, isRead } = call;
  const status = Number(fault.slice(0, 3));
  const retryAfterSeconds = status === 429 && !isOfAws(call) ? RETRY_AFTER_SECONDS : undefined;
  if (peer === 'kube') {
    const attempted = { method: isRead ? 'GET' : 'PUT', what: name, quotable: true };
    if (!status) return noAnswerError(attempted, 'RequestTimedOut', 'no answer in time');
    return statusError(attempted, status, undefined, retryAfterSeconds);
  }
  const detail = { status: status || undefined, retryAfterSeconds };
  if (status === 403) return new CallError('denied', 'AccessDenied', `${name}: not allowed`, detail);
  if (status === 409) return new CallError('conflict', 'Conflict', `${name}: something else stands there`, detail);
  if (status === 429) return new CallError('unavailable', 'TooManyRequests', `${name}: asked too often`, detail);
  if (status === 503) return new CallError('unavailable', 'ServiceUnavailable', `${name}: not now`, detail);
  const reason = status ? 'ServerError' : 'RequestTimedOut';
  return new CallError(isRead ? 'unavailable' : 'unknown', reason, `${name}: no usable answer`, detail);
}

/** Whether it is a request of Secrets Manager: other stores are called by what we want of them. */
function isOfAws({ name }: Call): boolean {
  return /^store (describe|served|version|create|put|move)$/.test(name);
}

/** How a call fails that is not answered in time. */
export function unanswered(call: Call): CallError {
  return errorOf('lost-answer', call);
}

/** How a call fails whose peer cannot be reached. */
export function unreachable({ name }: Call): CallError {
  return new CallError('unavailable', 'ConnectionFailed', `${name}: cannot connect`);
}
