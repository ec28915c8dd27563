import type { DerivedGauge } from './derived-gauges.ts';
import { PREFIX } from './metric-makers.ts';

/** What a scrape needs to know of one ApiKeyRotation. Times in milliseconds since the epoch. */
export interface RotationSample {
  readonly namespace: string;
  readonly name: string;
  /** Condition Ready is there and not True. */
  readonly unready: boolean;
  /** Condition Stalled is True. */
  readonly stalled: boolean;
  /** The reason of Rotating while the object waits; missing when it rests. */
  readonly waitingReason?: string | undefined;
  /** The reason of the calls that fail and hold it up; missing where none do. */
  readonly failingReason?: string | undefined;
  /** Consumers that have not shown yet that they use the new key. */
  readonly consumersPending: number;
  /** Issued keys that were never published and are not revoked yet. */
  readonly orphanKeys: number;
  readonly nextRotationTime?: number | undefined;
  /** When the first of the keys expires that somebody may use; missing while it is to be replaced before, and nothing is in the way. */
  readonly expirationTime?: number | undefined;
}

const OF_EACH = ['namespace', 'name'];

/**
 * Read from the cache at each scrape, so that deleted objects leave nothing behind. What is as it should be has no series, or ten
 * thousand rotations at rest would fill a scrape with what nobody asks for.
 */
export const ROTATION_GAUGES: readonly DerivedGauge<RotationSample>[] = [
  {
    name: `${PREFIX}rotations`,
    help: 'Rotations that there are',
    labels: ['namespace'],
    read: ({ namespace }, add) => add(1, namespace),
  },
  {
    name: `${PREFIX}condition`,
    help: '1 where Stalled is True, 0 where Ready is not True; nothing where all is well',
    labels: [...OF_EACH, 'type'],
    read: ({ namespace, name, unready, stalled }, add) => {
      if (unready) add(0, namespace, name, 'Ready');
      if (stalled) add(1, namespace, name, 'Stalled');
    },
  },
  {
    name: `${PREFIX}waiting`,
    help: 'Rotations that wait, by what they wait for',
    labels: ['reason'],
    read: ({ waitingReason }, add) => waitingReason && add(1, waitingReason),
  },
  {
    name: `${PREFIX}failing`,
    help: 'Rotations that failing calls hold up, by the reason of the last one; 1 each, nothing for others',
    labels: [...OF_EACH, 'reason'],
    read: ({ namespace, name, failingReason }, add) => failingReason && add(1, namespace, name, failingReason),
  },
  {
    name: `${PREFIX}consumers_pending`,
    help: 'Consumers that have not shown yet that they use the new key; nothing for rotations that wait for none',
    labels: OF_EACH,
    read: ({ namespace, name, consumersPending }, add) =>
      consumersPending > 0 && add(consumersPending, namespace, name),
  },
  {
    name: `${PREFIX}orphan_keys`,
    help: 'Issued keys that were never published and are not revoked yet',
    labels: [],
    read: ({ orphanKeys }, add) => add(orphanKeys),
  },
  {
    name: `${PREFIX}next_rotation_timestamp_seconds`,
    help: 'When the next rotation is due',
    labels: OF_EACH,
    read: ({ namespace, name, nextRotationTime: at }, add) => at !== undefined && add(at / 1_000, namespace, name),
  },
  {
    name: `${PREFIX}key_expiration_timestamp_seconds`,
    help: 'When the first of the keys that may be in use expires; nothing where the issuer tells no time, and for rotations at rest that are due before',
    labels: OF_EACH,
    read: ({ namespace, name, expirationTime: at }, add) => at !== undefined && add(at / 1_000, namespace, name),
  },
];
