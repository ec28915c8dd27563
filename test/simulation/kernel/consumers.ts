import { fingerprint } from '../../../src/key/fingerprint.ts';
import { proofOf } from '../../../src/key/proof.ts';
import { SecretValue } from '../../../src/key/secret-value.ts';
import { pods as podResource } from '../../../src/runtime/kube/resources.ts';
import { OUTSIDE } from '../ledger/ledger.ts';
import type { Stored } from './kube-storage.ts';
import { addPod, NAME, NAMESPACE, type World } from './world.ts';

/** One pod: it loads the key some time after it changed, uses it until it has loaded another, and reports what it uses. */
export interface SimulatedPod {
  readonly name: string;
  readonly uid: string;
  readonly consumer: string;
  readonly path: string;
  /** The text of the key that it calls with. */
  holds: string | undefined;
  /** From now on it uses this key, whatever the target serves; undefined: what the target serves. */
  pin(text: string | undefined): void;
  /** While true it loads nothing and says nothing. */
  silent: boolean;
  stop(): void;
}

const LOAD_WITHIN_MS = 8_000;
const FIRST_RETRY_MS = 2_000;
/** As with the consumer's library, those that are not heard grow patient. */
const LAST_RETRY_MS = 60_000;
const AGAIN_MS = 300_000;

/** Starts a pod of a consumer, whose ServiceAccount has the consumer's name. */
export function startPod(world: World, name: string, consumer: string, path: string): SimulatedPod {
  const object = addPod(world, name, consumer);
  const { scheduler, ledger, random } = world;
  let stopped = false;
  let pinned: string | undefined;
  let cancel = () => {};
  let retryMs = FIRST_RETRY_MS;

  function later(ms: number): void {
    cancel();
    cancel = scheduler.after(ms, () => void turn());
  }

  async function turn(): Promise<void> {
    if (stopped || pod.silent) return;
    const text = pinned ?? ledger.targets.get(path)?.text ?? pod.holds;
    if (text !== undefined && text !== pod.holds) {
      pod.holds = text;
      ledger.add(OUTSIDE, { type: 'Loaded', pod: pod.uid, path, text, obedient: pinned === undefined });
    }
    later(AGAIN_MS);
    if (pod.holds === undefined) return;
    const taken = await report(pod.holds);
    if (!taken) later(retryMs);
    retryMs = taken ? FIRST_RETRY_MS : Math.min(2 * retryMs, LAST_RETRY_MS);
  }

  /** Whether the report was taken; what a process that dies does not answer is sent again by the next change or turn. */
  async function report(text: string): Promise<boolean> {
    const { metadata, status } = world.rotation() ?? {};
    const operator = world.operators[Math.floor(random() * world.operators.length)];
    if (!operator || !metadata?.uid) return false;
    const key = new SecretValue(text);
    const subject = { uid: metadata.uid, revision: status?.revision ?? 0, consumer };
    const proof = proofOf(key, subject);
    ledger.add(OUTSIDE, { type: 'Told', pod: pod.uid, fingerprint: fingerprint(key), ...subject });
    const answer = await operator
      .takeReport({
        namespace: NAMESPACE,
        name: NAME,
        consumer,
        fingerprint: fingerprint(key),
        proof,
        caller: callerOf(object, consumer),
      })
      .catch(() => undefined);
    return answer !== undefined && answer.state !== 'Superseded';
  }

  const pod: SimulatedPod = {
    name,
    uid: object.metadata.uid ?? '',
    consumer,
    path,
    holds: undefined,
    silent: false,
    pin(text) {
      pinned = text;
      void turn();
    },
    stop() {
      stopped = true;
      cancel();
      ledger.add(OUTSIDE, { type: 'PodGone', pod: pod.uid });
      world.outside(() => world.storage.delete({ resource: podResource, namespace: NAMESPACE, name }));
    },
  };
  world.onChange((what) => {
    if (stopped || (what !== path && what !== 'revision')) return;
    retryMs = FIRST_RETRY_MS;
    later(500 + random() * LOAD_WITHIN_MS);
  });
  later(random() * LOAD_WITHIN_MS);
  return pod;
}

/** What the authentication of a pod's token tells. */
export function callerOf({ metadata }: Pick<Stored, 'metadata'>, serviceAccountName: string) {
  return {
    username: `system:serviceaccount:${NAMESPACE}:${serviceAccountName}`,
    pod: {
      name: metadata.name,
      uid: metadata.uid ?? '',
      phase: 'Running',
      serviceAccountName,
      labels: {},
      creationTimestamp: metadata.creationTimestamp ?? '',
    },
  };
}
