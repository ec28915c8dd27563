import type { MetricMakers } from './metric-makers.ts';

/** What a scrape needs to know of one ApiKeyRotation. Times in milliseconds since the epoch. */
export interface RotationSample {
  readonly namespace: string;
  readonly name: string;
  readonly conditions: readonly { readonly type: string; readonly status: string }[];
  /** The reason of Rotating while the object waits; missing when it rests. */
  readonly waitingReason?: string | undefined;
  /** The reason of the calls that fail and hold it up; missing where none do. */
  readonly failingReason?: string | undefined;
  /** Consumers that have not shown yet that they use the new key. */
  readonly consumersPending: number;
  /** Issued keys that were never published and are not revoked yet. */
  readonly orphanKeys: number;
  readonly nextRotationTime?: number | undefined;
  /** When the first of the keys expires that somebody may use. */
  readonly expirationTime?: number | undefined;
}

/** Others would multiply the series without telling when to wake somebody. */
const EXPORTED_CONDITIONS = new Set(['Ready', 'Stalled']);

/** Registers the metrics that are read from the cache at each scrape, so that deleted objects leave nothing behind. */
export function collectRotations(make: MetricMakers, rotations: () => Iterable<RotationSample>): void {
  make.gauge('condition', '1 where the condition is True', ['namespace', 'name', 'type'], (gauge) => {
    for (const { namespace, name, conditions } of rotations()) {
      for (const { type, status } of conditions) {
        if (EXPORTED_CONDITIONS.has(type)) gauge.set({ namespace, name, type }, status === 'True' ? 1 : 0);
      }
    }
  });
  make.gauge('waiting', 'Rotations that wait, by what they wait for', ['reason'], (gauge) => {
    for (const { waitingReason } of rotations()) if (waitingReason) gauge.inc({ reason: waitingReason });
  });
  const failing = 'Rotations that failing calls hold up, by the reason of the last one; 1 each, nothing for others';
  make.gauge('failing', failing, ['namespace', 'name', 'reason'], (gauge) => {
    for (const { namespace, name, failingReason: reason } of rotations()) {
      if (reason) gauge.set({ namespace, name, reason }, 1);
    }
  });
  const pending =
    'Consumers that have not shown yet that they use the new key; nothing for rotations that wait for none';
  make.gauge('consumers_pending', pending, ['namespace', 'name'], (gauge) => {
    for (const { namespace, name, consumersPending } of rotations()) {
      if (consumersPending > 0) gauge.set({ namespace, name }, consumersPending);
    }
  });
  make.gauge('orphan_keys', 'Issued keys that were never published and are not revoked yet', [], (gauge) => {
    gauge.set([...rotations()].reduce((sum, { orphanKeys }) => sum + orphanKeys, 0));
  });
  make.gauge('next_rotation_timestamp_seconds', 'When the next rotation is due', ['namespace', 'name'], (gauge) => {
    for (const { namespace, name, nextRotationTime } of rotations()) {
      if (nextRotationTime !== undefined) gauge.set({ namespace, name }, nextRotationTime / 1_000);
    }
  });
  const expiration = 'When the first of the keys that may be in use expires; nothing where the issuer tells no time';
  make.gauge('key_expiration_timestamp_seconds', expiration, ['namespace', 'name'], (gauge) => {
    for (const { namespace, name, expirationTime } of rotations()) {
      if (expirationTime !== undefined) gauge.set({ namespace, name }, expirationTime / 1_000);
    }
  });
}
