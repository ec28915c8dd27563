import type { ApiKeyRotation } from '../../../api/types.ts';
import type { Look } from '../../../rotation/decision.ts';
import type { Facts, RestorableFact, UsageFact } from '../../../rotation/facts.ts';
import { committed, ownerOf } from '../../../rotation/transitions/status.ts';
import type { KubeApi, KubeObject } from '../../../runtime/kube/kube-api.ts';
import { createRestore } from '../restoration.ts';
import type { Session } from '../session.ts';
import { refOf } from '../status-write.ts';
import { read, type TargetReading, targetFact } from '../target-io.ts';
import type { EvidenceLook } from './evidence-look.ts';
import type { GuardLook } from './guard-look.ts';
import { createIdentityLook, type IdentityLookDeps } from './identity.ts';
import { createKeyLooks, type KeyLookDeps } from './keys.ts';
import { namespaceOf, planOf } from './planned.ts';
import { restartsElsewhere } from './restarts-elsewhere.ts';
import { forgetUseBeforeOwn, type UsageLook } from './usage-look.ts';

/** What the looks of one reconcile have read; readings hold plaintext and go with the reconcile. */
export interface Sight {
  readings?: readonly TargetReading[];
}

export interface LookDeps extends KeyLookDeps, IdentityLookDeps {
  readonly kube: KubeApi;
  readonly evidence: EvidenceLook;
  readonly usage: UsageLook;
  readonly guard: GuardLook;
  /** The rotations of a namespace that wait for the end of restarts. */
  readonly restarting: (namespace: string) => readonly ApiKeyRotation[];
}

/** Gathers the facts that a decision asked for, live, in the order asked; the object itself is read by who decides. */
export type LookAt = (at: readonly Look[], facts: Facts, session: Session, sight: Sight) => Promise<Partial<Facts>>;

export function createLooks(deps: LookDeps): LookAt {
  const { kube, references, evidence, usage, guard, restarting } = deps;
  const { labelled, keys, permissions, proofHashes } = createKeyLooks(deps);
  const restore = createRestore(references);
  const identity = createIdentityLook(deps);

  function readTargets(facts: Facts): Promise<readonly TargetReading[]> {
    const { targets } = planOf(facts);
    return Promise.all(targets.map((target) => read(target, references.store(namespaceOf(facts), target))));
  }

  async function targets(facts: Facts, sight: Sight): Promise<Pick<Facts, 'targets'>> {
    sight.readings = await readTargets(facts);
    return { targets: sight.readings.map(targetFact) };
  }

  async function readingsFor(facts: Facts, { readings }: Sight): Promise<readonly TargetReading[]> {
    return readings ?? readTargets(facts);
  }

  /** What the first attempt of a roll back of the running rotation would find, or at rest a repair. */
  async function restorable(facts: Facts): Promise<RestorableFact> {
    const { current, rotation } = facts.object.status ?? {};
    const key = rotation ? rotation.oldKey : current;
    if (!key) return { type: 'None', message: 'there is no earlier key' };
    const { revision, attempt } = committed(facts);
    const next = rotation ? { revision: revision + 1, attempt: 1 } : { revision, attempt: attempt + 1 };
    const found = await restore(namespaceOf(facts), { ...ownerOf(facts), ...next }, planOf(facts), key);
    return found.type === 'None' ? found : { type: 'Found' };
  }

  function elsewhere({ object, time }: Facts): Pick<Facts, 'restartsElsewhere'> {
    const { namespace = '', uid } = object.metadata;
    return { restartsElsewhere: restartsElsewhere(restarting(namespace), uid, time.now) };
  }

  const gather: Record<
    Exclude<Look, 'live'>,
    (facts: Facts, session: Session, sight: Sight) => Promise<Partial<Facts>>
  > = {
    time: async ({ object }) => {
      await kube.get<ApiKeyRotation & KubeObject>(refOf(object));
      return {};
    },
    targets: (facts, _session, sight) => targets(facts, sight),
    labelled: async (facts) => ({ labelled: await labelled(facts) }),
    keys: async (facts, session, sight) => {
      const readings = await readingsFor(facts, sight);
      forgetUseBeforeOwn(session);
      return { keys: await keys(facts, readings) };
    },
    permissions: async (facts) => ({ permissions: await permissions(facts) }),
    identity: async (facts, _session, sight) => ({ identity: await identity(facts, await readingsFor(facts, sight)) }),
    restorable: async (facts) => ({ restorable: await restorable(facts) }),
    proofHashes: async (facts, _session, sight) => ({
      proofHashes: proofHashes(facts, await readingsFor(facts, sight)),
    }),
    usage: async (facts, session) => usageFact(await usage.live(facts, session)),
    evidence: async (facts, session, sight) => ({
      evidence: await evidence.cached(facts.object, session, {
        usage: await usage.cached(facts, session),
        guard: await guard.cached(facts.object, session),
      }),
      ...elsewhere(facts),
      ...(evidence.isTargetLookDue(facts.object, session) && (await targets(facts, sight))),
    }),
    liveEvidence: async (facts, session) => {
      const use = facts.usage ?? (await usage.live(facts, session));
      const told = { usage: use, guard: await guard.live(facts.object, session) };
      const liveEvidence = await evidence.live(facts.object, session, told);
      return { ...usageFact(use), ...elsewhere(facts), liveEvidence };
    },
  };

  return async (at, facts, session, sight) => {
    let found: Partial<Facts> = {};
    for (const look of at)
      if (look !== 'live') found = { ...found, ...(await gather[look]({ ...facts, ...found }, session, sight)) };
    return found;
  };
}

function usageFact(usage: UsageFact | undefined): Pick<Facts, 'usage'> {
  return usage ? { usage } : {};
}
