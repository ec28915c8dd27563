import { countingReports, type Sightings, type Verdict } from './evidence.ts';

/** Proof: one record of a proof that the reports API verified against the hash in status. */
export function assessProof(sightings: Sightings): Verdict {
  const complete = countingReports(sightings, 'Proof').length > 0;
  return { complete, missingPods: [], message: complete ? 'proved that it holds the key' : reasonToWait(sightings) };
}

function reasonToWait({ proofHash, consumer }: Sightings): string {
  if (proofHash) return `waiting for a proof of consumer ${consumer}`;
  return `waiting until a proof of consumer ${consumer} can be checked: status has no proofHash for it yet`;
}
