import type { RecordedKey, TargetVersion } from '../../../api/types.ts';
import { CallError } from '../../../http/call-error.ts';
import type { Facts } from '../../../rotation/facts.ts';
import { recordedTarget } from '../../../rotation/transitions/recorded.ts';
import { ownerOf } from '../../../rotation/transitions/status.ts';
import { findKeyText } from '../replaced-key.ts';
import { read } from '../target-io.ts';
import type { HeldKey } from './held-key.ts';
import { createPublishAgain, type PublishAgainDeps } from './publish-again.ts';

/** Gives targets that were added to the spec the living key, under the marker of the attempt that published it. */
export type Copy = (facts: Facts, names: readonly string[]) => Promise<TargetVersion[]>;

export function createCopy(deps: PublishAgainDeps): Copy {
  const { references } = deps;
  const publishAgain = createPublishAgain(deps);

  /**
   * The current key's text, confirmed by the issuer: from any place that is recorded to serve it, also one that has left the spec,
   * since a changed path is a copy.
   */
  async function findKey(namespace: string, current: RecordedKey): Promise<HeldKey> {
    const key = await findKeyText(references, namespace, current);
    const record = key && (await references.issuer(namespace, current.issuer).verify(key, current));
    if (key && record?.keyID === current.keyID) return { key, record };
    const why = key ? 'the issuer does not confirm it' : 'no target has it any more';
    throw new CallError('refused', 'NoSource', `key ${current.keyID} cannot be copied: ${why}; request a rotation`);
  }

  return async (facts, names) => {
    const { object, references: resolved } = facts;
    const { current } = object.status ?? {};
    if (!current || resolved.type !== 'Resolved') return [];
    const namespace = object.metadata.namespace ?? '';
    const held = await findKey(namespace, current);
    const added = resolved.plan.targets.filter((target) => names.includes(target.name));
    const { revision = 0, attempt = 0 } = current;
    const readings = await Promise.all(added.map((target) => read(target, references.store(namespace, target))));
    const holding = await publishAgain(facts, {
      current,
      held,
      attempt: { ...ownerOf(facts), revision, attempt },
      readings,
      recordedAt: () => [],
    });
    if (holding.type !== 'Delivered') {
      throw new CallError('conflict', 'TargetContended', `the copy to ${names.join(', ')} lost a race`);
    }
    const versions = new Map(holding.delivered.targets.map((written) => [written.name, written]));
    return added.map((target) => recordedTarget(target, versions.get(target.name)));
  };
}
