import type { ConsumerSpec, ConsumerStatus, RunningRotation } from '../../api/types.ts';
import { present } from '../conditions.ts';
import { commit, type Decision, lookFor, type Notice } from '../decision.ts';
import type { Facts } from '../facts.ts';
import { changeConsumers } from '../transitions/migration.ts';

/** Consumers are live policy: one may be added or removed while others are waited for. */
export function consumersChanged(facts: Facts, rotation: RunningRotation): Decision | undefined {
  const before = rotation.consumers ?? [];
  const wanted = (facts.object.spec.consumers ?? []).map(({ name }) => name);
  const removed = before.filter(({ name }) => !wanted.includes(name));
  const added = (facts.object.spec.consumers ?? []).filter((consumer) => !isPrepared(consumer, before));
  if (removed.length === 0 && added.length === 0) return undefined;
  // The hash of a proof takes the text of the key from a target: one that proves nothing does not depend on what is served there.
  const missing = added.some(isProving) ? lookFor(facts, 'proofHashes') : undefined;
  return (
    missing ?? commit('Consumers', present(facts, changeConsumers(facts, rotation)), removed.flatMap(removalNotice))
  );
}

/** Known to the wait, with what it takes to check its proofs. */
function isPrepared(consumer: ConsumerSpec, known: readonly ConsumerStatus[]): boolean {
  const status = known.find(({ name }) => name === consumer.name);
  return status !== undefined && (status.proofHash !== undefined || !isProving(consumer));
}

function isProving({ evidence }: ConsumerSpec): boolean {
  return evidence.some(({ type }) => type === 'Proof');
}

function removalNotice({ name, state }: ConsumerStatus): Notice[] {
  if (state === 'Migrated') return [];
  const message = `consumer ${name} was removed from spec while it was waited for: nobody waits for it any more`;
  return [{ type: 'Warning', reason: 'PendingConsumerRemoved', message }];
}
