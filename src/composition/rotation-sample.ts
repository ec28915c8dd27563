import type { ApiKeyRotation } from '../api/types.ts';
import type { RotationSample } from '../telemetry/rotation-metrics.ts';

/** What a scrape shows of one rotation. */
export function rotationSample({ metadata, status = {} }: ApiKeyRotation): RotationSample {
  const { conditions = [], abandoned = [], nextRotationTime, current } = status;
  const rotating = conditions.find(({ type }) => type === 'Rotating');
  return {
    namespace: metadata.namespace ?? '',
    name: metadata.name,
    conditions,
    waitingReason: rotating?.status === 'True' ? rotating.reason : undefined,
    orphanKeys: abandoned.length,
    nextRotationTime: milliseconds(nextRotationTime),
    expirationTime: milliseconds(current?.expiresAt),
  };
}

function milliseconds(time: string | undefined): number | undefined {
  return time === undefined ? undefined : Date.parse(time);
}
