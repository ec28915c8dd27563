import type { ApiKeyRotation } from '../../../api/types.ts';
import type { Look } from '../../../rotation/decision.ts';
import type { Facts } from '../../../rotation/facts.ts';
import type { KubeApi, KubeObject } from '../../../runtime/kube/kube-api.ts';
import type { Session } from '../session.ts';
import { refOf } from '../status-write.ts';
import { read, type TargetReading, targetFact } from '../target-io.ts';
import type { EvidenceLook } from './evidence-look.ts';
import { createIdentityLook, type IdentityLookDeps } from './identity.ts';
import { createKeyLooks, type KeyLookDeps } from './keys.ts';
import { namespaceOf, planOf } from './planned.ts';

/** What the looks of one reconcile have read; readings hold plaintext and go with the reconcile. */
export interface Sight {
  readings?: readonly TargetReading[];
}

export interface LookDeps extends KeyLookDeps, IdentityLookDeps {
  readonly kube: KubeApi;
  readonly evidence: EvidenceLook;
}

/** Gathers the facts that a decision asked for, live, in the order asked. */
export type LookAt = (at: readonly Look[], facts: Facts, session: Session, sight: Sight) => Promise<Partial<Facts>>;

export function createLooks(deps: LookDeps): LookAt {
  const { kube, references, evidence } = deps;
  const { labelled, keys, proofHashes } = createKeyLooks(deps);
  const identity = createIdentityLook(deps);

  function readTargets(facts: Facts): Promise<readonly TargetReading[]> {
    const { targets } = planOf(facts);
    return Promise.all(targets.map((target) => read(target, references.store(namespaceOf(facts), target))));
  }

  async function readingsFor(facts: Facts, { readings }: Sight): Promise<readonly TargetReading[]> {
    return readings ?? readTargets(facts);
  }

  const gather: Record<Look, (facts: Facts, session: Session, sight: Sight) => Promise<Partial<Facts>>> = {
    time: async ({ object }) => {
      await kube.get<ApiKeyRotation & KubeObject>(refOf(object));
      return {};
    },
    targets: async (facts, _session, sight) => {
      sight.readings = await readTargets(facts);
      return { targets: sight.readings.map(targetFact) };
    },
    labelled: async (facts) => ({ labelled: await labelled(facts) }),
    keys: async (facts, _session, sight) => ({ keys: await keys(facts, await readingsFor(facts, sight)) }),
    identity: async (facts, _session, sight) => ({ identity: await identity(facts, await readingsFor(facts, sight)) }),
    proofHashes: async (facts, _session, sight) => ({
      proofHashes: proofHashes(facts, await readingsFor(facts, sight)),
    }),
    evidence: async ({ object }, session) => ({ evidence: await evidence.cached(object, session) }),
    liveEvidence: async ({ object }, session) => ({ liveEvidence: await evidence.live(object, session) }),
  };

  return async (at, facts, session, sight) => {
    let found: Partial<Facts> = {};
    for (const look of at) found = { ...found, ...(await gather[look](facts, session, sight)) };
    return found;
  };
}
