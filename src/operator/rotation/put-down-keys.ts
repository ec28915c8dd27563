import { rotations } from '../../api/resources.ts';
import type { ApiKeyRotation } from '../../api/types.ts';
import { CallError } from '../../http/call-error.ts';
import { keysInUse, servedKeys } from '../../rotation/orphans.ts';
import { backoffDelay } from '../../runtime/backoff.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Entropy } from '../../runtime/entropy.ts';
import type { KubeApi, KubeObject } from '../../runtime/kube/kube-api.ts';
import type { Log } from '../../runtime/log.ts';
import { splitKey } from '../../runtime/object-key.ts';
import type { Delivery } from './act/delivery.ts';

export interface PutDownKeysDeps {
  readonly kube: Pick<KubeApi, 'get'>;
  readonly clock: Pick<Clock, 'monotonic'>;
  readonly entropy: Entropy;
}

/** Keys in the hand of attempts that are over, by the object that they were made for: nobody will ever use them. */
export interface PutDownKeys {
  add(object: string, delivery: Delivery): void;
  /** Kills those whose turn it is. One that cannot be killed now holds up no other; it is told, and tried again later. */
  discard(object: string, log: Log): Promise<void>;
  /** Milliseconds until the next of them is due, 0 or less where it is; undefined when none is left. */
  dueIn(object: string): number | undefined;
}

/** `notBefore`: monotonic milliseconds. */
interface Entry {
  readonly delivery: Delivery;
  failures: number;
  notBefore: number;
}

const AGAIN = { baseMs: 30_000, maxMs: 300_000 };

export function createPutDownKeys({ kube, clock, entropy }: PutDownKeysDeps): PutDownKeys {
  const left = new Map<string, Entry[]>();

  function forget(object: string, done: Entry): void {
    const others = (left.get(object) ?? []).filter((entry) => entry !== done);
    if (others.length > 0) left.set(object, others);
    else left.delete(object);
  }

  /**
   * After a restored backup the same attempt may have begun again, here or at another process, and an issuer that repeats its
   * answers gives the same key to it: `Open` until that is over, `Used` where status names the key.
   */
  function fateOf(live: ApiKeyRotation | undefined, { attemptID, inHand }: Delivery): 'Nobodys' | 'Open' | 'Used' {
    const status = live?.status ?? {};
    const keyID = inHand()?.keyID ?? '';
    if (keysInUse(status).has(keyID) || servedKeys(status).includes(keyID)) return 'Used';
    return status.rotation?.attemptID === attemptID ? 'Open' : 'Nobodys';
  }

  function postpone(entry: Entry, leastSeconds: number): void {
    entry.failures += 1;
    const pause = Math.max(leastSeconds * 1_000, backoffDelay(AGAIN, entry.failures, entropy));
    entry.notBefore = clock.monotonic() + pause;
  }

  async function tryOne(object: string, entry: Entry, log: Log): Promise<void> {
    const { delivery } = entry;
    const { keyID = '' } = delivery.inHand() ?? {};
    try {
      const live = await kube.get<ApiKeyRotation & KubeObject>({ resource: rotations, ...splitKey(object) });
      const fate = fateOf(live, delivery);
      if (fate === 'Open') return postpone(entry, 0);
      if (fate === 'Nobodys') await delivery.discard(live);
      forget(object, entry);
    } catch (error) {
      if (!(error instanceof CallError)) throw error;
      const { reason, message, retryAfterSeconds = 0 } = error;
      postpone(entry, retryAfterSeconds);
      const remedy = 'it is tried again; it may be revoked at the issuer by hand';
      log.warn({ reason, keyID }, `Key ${keyID} was never published and is still to be revoked: ${message}; ${remedy}`);
    }
  }

  return {
    add(object, delivery) {
      const entry = { delivery, failures: 0, notBefore: clock.monotonic() };
      left.set(object, [...(left.get(object) ?? []), entry]);
    },
    async discard(object, log) {
      const due = (left.get(object) ?? []).filter(({ notBefore }) => notBefore <= clock.monotonic());
      for (const entry of due) await tryOne(object, entry, log);
    },
    dueIn(object) {
      const times = (left.get(object) ?? []).map(({ notBefore }) => notBefore);
      return times.length === 0 ? undefined : Math.min(...times) - clock.monotonic();
    },
  };
}
