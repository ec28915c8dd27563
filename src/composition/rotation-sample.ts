import { CALL_REASONS } from '../api/reasons.ts';
import type { ApiKeyRotation, RotationStatus } from '../api/types.ts';
import type { RotationSample } from '../telemetry/rotation-metrics.ts';

const FAILURES: ReadonlySet<string> = new Set(CALL_REASONS);

/** What a scrape at `now`, in milliseconds since the epoch, shows of one rotation. */
export function rotationSample({ metadata, status = {} }: ApiKeyRotation, now: number): RotationSample {
  const { conditions = [], abandoned = [], rotation } = status;
  const condition = (wanted: string) => conditions.find(({ type }) => type === wanted);
  const rotating = condition('Rotating');
  const unready = (condition('Ready')?.status ?? 'True') !== 'True';
  const stalled = condition('Stalled')?.status === 'True';
  const failingReason = rotating && FAILURES.has(rotating.reason) ? rotating.reason : undefined;
  const consumersPending = (rotation?.consumers ?? []).filter(({ state }) => state === 'Pending').length;
  const next = milliseconds(status.nextRotationTime);
  const expiration = firstExpiration(status, consumersPending > 0);
  const isPlanned = next !== undefined && next > now && expiration !== undefined && next < expiration;
  const isAtRest = !rotation && !unready && !stalled && failingReason === undefined;
  return {
    namespace: metadata.namespace ?? '',
    name: metadata.name,
    unready,
    stalled,
    waitingReason: rotating?.status === 'True' ? rotating.reason : undefined,
    failingReason,
    consumersPending,
    orphanKeys: abandoned.filter(({ served }) => !served).length,
    nextRotationTime: next,
    expirationTime: isPlanned && isAtRest ? undefined : expiration,
  };
}

/** When the first of the keys expires that may be in use: the old one too, while a consumer is waited for. */
function firstExpiration({ current, rotation }: RotationStatus, isAwaited: boolean): number | undefined {
  const times = [current, ...(isAwaited ? [rotation?.oldKey] : [])].flatMap(
    (key) => milliseconds(key?.expiresAt) ?? [],
  );
  return times.length > 0 ? Math.min(...times) : undefined;
}

function milliseconds(time: string | undefined): number | undefined {
  return time === undefined ? undefined : Date.parse(time);
}
