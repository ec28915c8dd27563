import type { ApiKeyRotation, ConsumerStatus, RotationStatus, RunningRotation } from '../../api/types.ts';
import { nextOf } from './next.ts';
import { conditionOf, type RotationState, viewRotation } from './rotation-view.ts';
import { type Step, stepsOf } from './steps.ts';

/** A key as people may see it. */
export interface KeyAccount {
  readonly keyID: string;
  readonly fingerprint: string;
  readonly expiresAt?: string;
}

/** A consumer of the running rotation, and what is missing of it. */
export interface ConsumerAccount {
  readonly name: string;
  readonly state: 'Pending' | 'Migrated';
  /** Since when it has been in that state. */
  readonly since?: string;
  readonly missingPods: readonly string[];
  readonly message: string;
}

/** All that `kubectl apikey status` tells of one rotation; with `-o json` this is the document. */
export interface RotationAccount {
  readonly namespace: string;
  readonly name: string;
  readonly state: RotationState;
  readonly reason: string;
  readonly message: string;
  readonly revision: number;
  /** Whether the current key is verified and in every target, and spec and references are valid. */
  readonly ready: boolean;
  /** Why it is not; absent where it is, or nobody has looked. */
  readonly notReady?: string;
  /** What consumers should be using; while a rotation runs, its new key as soon as it is published. */
  readonly currentKey?: KeyAccount;
  /** The key that the running rotation retires. */
  readonly oldKey?: KeyAccount;
  /** Of the running rotation, else of the last one. */
  readonly steps: readonly Step[];
  readonly consumers: readonly ConsumerAccount[];
  readonly nextRotationTime?: string;
  /** What happens next, in whole sentences. */
  readonly next: readonly string[];
}

/** Puts together what the operator says about a rotation. Pure. */
export function accountOf(object: ApiKeyRotation): RotationAccount {
  const { metadata, status = {} } = object;
  const { state, reason, message, revision } = viewRotation(object);
  const current = currentKeyOf(status);
  const ready = conditionOf(status.conditions, 'Ready');
  const { oldKey, consumers = [] } = status.rotation ?? {};
  return {
    namespace: metadata.namespace ?? '',
    name: metadata.name,
    state,
    reason,
    message,
    revision,
    ready: ready?.status === 'True',
    ...(ready && ready.status !== 'True' && { notReady: `${ready.reason}: ${ready.message}` }),
    ...(current && { currentKey: keyAccount(current) }),
    ...(oldKey && { oldKey: keyAccount(oldKey) }),
    steps: stepsOf(object),
    consumers: consumers.map(consumerAccount),
    ...(status.nextRotationTime !== undefined && { nextRotationTime: status.nextRotationTime }),
    next: nextOf(object, state),
  };
}

/** The key of a running rotation; a roll back publishes one that was there before. */
export function publishedKeyOf({ newKey, restoredKey }: RunningRotation): KeyAccount | undefined {
  return newKey ?? restoredKey;
}

function currentKeyOf({ rotation, current }: RotationStatus): KeyAccount | undefined {
  return (rotation?.publishedAt !== undefined ? publishedKeyOf(rotation) : undefined) ?? current;
}

function keyAccount({ keyID, fingerprint, expiresAt }: KeyAccount): KeyAccount {
  return { keyID, fingerprint, ...(expiresAt !== undefined && { expiresAt }) };
}

function consumerAccount({ name, state, since, missingPods = [], message = '' }: ConsumerStatus): ConsumerAccount {
  return { name, state, ...(since !== undefined && { since }), missingPods, message };
}
