import { isOf } from '../key/attempt-id.ts';
import type { Facts, LabelledKey, TargetFact } from './facts.ts';
import { compareOrdinals, isAbove, type Ordinal } from './ordinal.ts';
import { committed, ownerOf } from './transitions/status.ts';

/** A trace of ours above the committed attempt: this status comes from the past. `planted`: the issuer does not know its key as ours. */
export interface Trace extends Ordinal {
  readonly place: string;
  readonly planted: boolean;
}

/** The highest marker or label of ours that stands above what status has committed. */
export function traceFromTheFuture(facts: Facts): Trace | undefined {
  const traces = [
    ...(facts.targets ?? []).flatMap((target) => markerTrace(target, facts)),
    ...(facts.labelled ?? []).map(labelTrace),
  ];
  return traces
    .filter((trace) => isAbove(trace, committed(facts)))
    .sort(compareOrdinals)
    .at(-1);
}

function markerTrace(target: TargetFact, facts: Facts): Trace[] {
  const marker = target.presence === 'Present' ? target.marker : undefined;
  if (!marker || !isOf(marker, ownerOf(facts))) return [];
  const { revision, attempt, keyID } = marker;
  const known = keyID === '' || isAdopted(facts, keyID) || facts.labelled?.some((key) => key.keyID === keyID) === true;
  return [{ revision, attempt, place: `target ${target.name}`, planted: !known }];
}

/** A roll back publishes an adopted key, which has no label, under a marker of ours. */
function isAdopted({ object }: Facts, keyID: string): boolean {
  const { current } = object.status ?? {};
  return current?.adopted === true && current.keyID === keyID;
}

function labelTrace({ revision, attempt, keyID }: LabelledKey): Trace {
  return { revision, attempt, place: `key ${keyID} at the issuer`, planted: false };
}
