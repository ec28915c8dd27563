import { ANNOTATION } from '../../api/names.ts';
import { present } from '../conditions.ts';
import { commit, type Decision, lookFor } from '../decision.ts';
import type { Facts } from '../facts.ts';
import { formatOrdinal } from '../ordinal.ts';
import { type Trace, traceFromTheFuture } from '../regression.ts';
import { abandon } from '../transitions/completion.ts';
import { committed, statusOf } from '../transitions/status.ts';
import { listsKeys } from '../unanswered.ts';
import { stalled } from './waiting.ts';

/** A marker or label of ours above the committed attempt: this status was restored from the past. */
export function stateRegression(facts: Facts): Decision | undefined {
  const trace = traceFromTheFuture(facts);
  if (!trace) return undefined;
  if (trace.planted) {
    return stalled(facts, {
      reason: 'Conflict',
      message: `${trace.place} carries marker ${formatOrdinal(trace)} of this rotation with a key that the issuer does not know as ours; remove that value`,
    });
  }
  const token = acceptToken(facts, trace);
  if (token !== undefined) return acceptState(facts, trace, token);
  const { name, namespace } = facts.object.metadata;
  return stalled(facts, {
    reason: 'StateRegression',
    message:
      `${trace.place} belongs to attempt ${formatOrdinal(trace)}, but this status knows only ${formatOrdinal(committed(facts))}: it was restored from the past. ` +
      `If no other cluster works on this key: kubectl annotate akr -n ${namespace} ${name} --overwrite ${ANNOTATION.acceptState}=${trace.revision}/$(date +%s)`,
  });
}

/** The same where targets were looked at alone; whether the key of such a marker is known is asked only then. */
export function stateRegressionAtTargets(facts: Facts): Decision | undefined {
  if (!stateRegression(facts)) return undefined;
  return lookFor(facts, 'labelled') ?? stateRegression(facts);
}

/** `<revision>` or `<revision>/<anything new>` naming the highest revision seen, each value handled once. */
function acceptToken({ object }: Facts, trace: Trace): string | undefined {
  const token = object.metadata.annotations?.[ANNOTATION.acceptState];
  if (token?.split('/')[0] !== String(trace.revision)) return undefined;
  return token === object.status?.lastHandled?.acceptState ? undefined : token;
}

/**
 * The key that all targets serve becomes current. Other living keys of ours may still be in use: they are listed, and revoked when
 * the next rotation ends with the evidence of all consumers.
 */
function acceptState(facts: Facts, trace: Trace, token: string): Decision {
  const missing = lookFor(facts, 'identity', 'labelled');
  if (missing) return missing;
  const { current } = statusOf(facts);
  const adopted =
    current?.adopted === true && facts.identity?.type === 'Key' && facts.identity.key.keyID === current.keyID;
  if (facts.identity?.type !== 'Key' || !(facts.identity.labelled || adopted)) {
    const why = facts.identity?.type === 'None' ? facts.identity.problem : 'their key does not carry our label';
    return stalled(facts, {
      reason: 'StateRegression',
      message: `the state of attempt ${formatOrdinal(trace)} is accepted as soon as all targets serve one live key of ours: ${why}; restore that value`,
    });
  }
  const { key } = facts.identity;
  const others = (facts.labelled ?? []).filter((other) => other.live && other.keyID !== key.keyID);
  const {
    rotation: _,
    sweepAfter: __,
    drift: ___,
    ...status
  } = abandon(facts, others, 'alive when the state was accepted');
  const accepted = {
    ...status,
    revision: trace.revision,
    attempt: trace.attempt,
    current: adopted ? { ...key, adopted } : key,
    lastHandled: { ...status.lastHandled, acceptState: token.slice(0, 256) },
  };
  const rest =
    others.length > 0
      ? `; also alive until the next rotation ends: ${others.map((other) => other.keyID).join(', ')}`
      : '';
  const unseen = listsKeys(facts)
    ? ''
    : '; the issuer lists no keys: others may be alive that this status has forgotten';
  const message = `state accepted at ${formatOrdinal(trace)}; key ${key.keyID} is current${rest}${unseen}`;
  return commit('AcceptState', present(facts, accepted), [{ type: 'Warning', reason: 'StateAccepted', message }]);
}
