import { CALL_REASONS } from '../api/reasons.ts';
import type { ApiKeyRotation } from '../api/types.ts';
import type { RotationSample } from '../telemetry/rotation-metrics.ts';

const FAILURES: ReadonlySet<string> = new Set(CALL_REASONS);

/** What a scrape shows of one rotation. */
export function rotationSample({ metadata, status = {} }: ApiKeyRotation): RotationSample {
  const { conditions = [], abandoned = [], nextRotationTime, current, rotation } = status;
  const rotating = conditions.find(({ type }) => type === 'Rotating');
  const waitingReason = rotating?.status === 'True' ? rotating.reason : undefined;
  const consumersPending = (rotation?.consumers ?? []).filter(({ state }) => state === 'Pending').length;
  const inUse = [current, ...(consumersPending > 0 ? [rotation?.oldKey] : [])];
  const expirations = inUse.flatMap((key) => milliseconds(key?.expiresAt) ?? []);
  return {
    namespace: metadata.namespace ?? '',
    name: metadata.name,
    conditions,
    waitingReason,
    failingReason: rotating && FAILURES.has(rotating.reason) ? rotating.reason : undefined,
    consumersPending,
    orphanKeys: abandoned.filter(({ served }) => !served).length,
    nextRotationTime: milliseconds(nextRotationTime),
    expirationTime: expirations.length > 0 ? Math.min(...expirations) : undefined,
  };
}

function milliseconds(time: string | undefined): number | undefined {
  return time === undefined ? undefined : Date.parse(time);
}
