import type { Facts, LabelledKey, TargetFact } from './facts.ts';
import { compareOrdinals, isAbove, type Ordinal } from './ordinal.ts';
import { isOurs } from './replacement.ts';

/** A trace of ours above the committed attempt: this status comes from the past. `planted`: the issuer does not know its key as ours. */
export interface Trace extends Ordinal {
  readonly place: string;
  readonly planted: boolean;
}

/** The highest marker or label of ours that stands above what status has committed. */
export function traceFromTheFuture(facts: Facts): Trace | undefined {
  const committed = { revision: facts.object.status?.revision ?? 0, attempt: facts.object.status?.attempt ?? 0 };
  const traces = [
    ...(facts.targets ?? []).flatMap((target) => markerTrace(target, facts)),
    ...(facts.labelled ?? []).map(labelTrace),
  ];
  return traces
    .filter((trace) => isAbove(trace, committed))
    .sort(compareOrdinals)
    .at(-1);
}

function markerTrace(target: TargetFact, facts: Facts): Trace[] {
  const marker = target.presence === 'Present' ? target.marker : undefined;
  const owner = { installation: facts.installation, uid: facts.object.metadata.uid ?? '' };
  if (!marker || !isOurs(marker, owner)) return [];
  const { revision, attempt, keyID } = marker;
  const known = keyID === '' || facts.labelled?.some((key) => key.keyID === keyID) === true;
  return [{ revision, attempt, place: `target ${target.name}`, planted: !known }];
}

function labelTrace({ revision, attempt, keyID }: LabelledKey): Trace {
  return { revision, attempt, place: `key ${keyID} at the issuer`, planted: false };
}
