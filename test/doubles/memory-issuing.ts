import type { ApioEngine, IssueOutcome, IssueRequest } from '../../sandbox/apio/engine/apio-engine.ts';
import type { ApioKey } from '../../sandbox/apio/engine/types.ts';
import { CallError } from '../../src/http/call-error.ts';
import type { IssuerCapabilities } from '../../src/issuers/port.ts';

/** The issuing API as it is: it replays the id, for ever, lists keys, and has no limit. */
export const APIO: IssuerCapabilities = { replay: 'ID', list: true, usageResolutionMs: 60_000 };

/** An issue request with its label, which is its Idempotency-Key too. */
type Labelled = IssueRequest & { readonly label: string };

/** Issues as an issuer of these capabilities does. The engine keeps all state, so that processes come and go. */
export function issueAs(
  capabilities: IssuerCapabilities,
  engine: ApioEngine,
  manager: ApioKey,
  request: Labelled,
): IssueOutcome {
  const made = engine.keys.filter(({ label }) => label === request.label);
  const isRepeat = made.length > 0 && remembers(capabilities, engine, made.at(-1));
  if (!isRepeat) assertRoom(capabilities, engine);
  // The engine never forgets an Idempotency-Key: a call that the issuer takes for a new one comes under another.
  const generation = isRepeat ? made.length - 1 : made.length;
  return engine.issue(manager, request, generation === 0 ? request.label : `${request.label}#${generation}`);
}

function remembers(
  { replay, replayWindowMs = Number.POSITIVE_INFINITY }: IssuerCapabilities,
  engine: ApioEngine,
  last: ApioKey | undefined,
): boolean {
  return replay !== 'None' && last !== undefined && engine.now() - last.createdAt < replayWindowMs;
}

/** The limit counts living keys, whoever made them. */
function assertRoom({ maxKeys = Number.POSITIVE_INFINITY }: IssuerCapabilities, engine: ApioEngine): void {
  const live = engine.keys.filter((key) => !key.manager && engine.statusOf(key) === 'active');
  if (live.length >= maxKeys)
    throw new CallError('refused', 'TooManyKeys', `issue: there are ${maxKeys} keys already`, { status: 422 });
}
