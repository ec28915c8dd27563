import type { RecordedKey, TargetVersion } from '../../api/types.ts';
import { CallError } from '../../http/call-error.ts';
import type { AttemptId } from '../../key/attempt-id.ts';
import type { Facts } from '../../rotation/facts.ts';
import { recordedTarget } from '../../rotation/transitions.ts';
import { createDelivery, type HeldKey, read } from './delivery.ts';
import type { Effects } from './effects.ts';
import type { References } from './references.ts';
import { fingerprintAt, keyAt, type TargetReading } from './target-io.ts';

export interface CopyDeps {
  readonly references: References;
  readonly effectsFor: (facts: Facts) => Effects;
  readonly installation: string;
}

/** Gives targets that were added to the spec the living key, under the marker of the attempt that published it. */
export type Copy = (facts: Facts, names: readonly string[]) => Promise<TargetVersion[]>;

export function createCopy({ references, effectsFor, installation }: CopyDeps): Copy {
  return async (facts, names) => {
    const { object, references: resolved } = facts;
    const { current } = object.status ?? {};
    if (!current || resolved.type !== 'Resolved') return [];
    const namespace = object.metadata.namespace ?? '';
    const storeOf = (target: (typeof resolved.plan.targets)[number]) => references.store(namespace, target);
    const { targets } = resolved.plan;
    const readings = await Promise.all(targets.map((target) => read(target, storeOf(target))));
    const issuer = references.issuer(namespace, current.issuer);
    const held = await findKey(readings, names, current, (key) => issuer.verify(key));

    const { revision = 0, attempt = 0 } = current;
    const marker: AttemptId = { installation, uid: object.metadata.uid ?? '', revision, attempt };
    const added = targets.filter((target) => names.includes(target.name));
    const plan = { ...resolved.plan, targets: added };
    const effects = effectsFor(facts);
    const context = {
      attempt: marker,
      plan,
      issuer,
      storeOf,
      effects,
      oldKey: undefined,
      recordedAt: () => undefined,
      consumers: [],
    };
    const holding = await createDelivery(context, held).run(readings);
    if (holding.type !== 'Delivered') {
      throw new CallError(
        'conflict',
        'TargetContended',
        `the copy of key ${current.keyID} to ${names.join(', ')} lost a race`,
      );
    }
    const versions = new Map(holding.delivered.targets.map((written) => [written.name, written]));
    return added.map((target) => recordedTarget(target, versions.get(target.name)));
  };
}

/** The current key's text from a target that serves it, confirmed by the issuer. */
async function findKey(
  readings: readonly TargetReading[],
  added: readonly string[],
  current: RecordedKey,
  verify: (key: HeldKey['key']) => Promise<HeldKey['record'] | undefined>,
): Promise<HeldKey> {
  const source = readings.find(
    (reading) => !added.includes(reading.target.name) && fingerprintAt(reading) === current.fingerprint,
  );
  const key = source && keyAt(source);
  const record = key && (await verify(key));
  if (key && record?.keyID === current.keyID) return { key, record };
  const why = key ? 'the issuer does not confirm it' : 'no target serves it any more';
  throw new CallError(
    'refused',
    'NoSource',
    `key ${current.keyID} cannot be copied to ${added.join(', ')}: ${why}; request a rotation`,
  );
}
