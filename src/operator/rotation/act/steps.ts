import type { ApiKeyRotation } from '../../../api/types.ts';
import { PendingError } from '../../../issuers/port.ts';
import type { Step } from '../../../rotation/decision.ts';
import type { Facts, Holding } from '../../../rotation/facts.ts';
import type { KubeApi } from '../../../runtime/kube/kube-api.ts';
import type { Sight } from '../gather/looks.ts';
import type { References } from '../references.ts';
import type { Session } from '../session.ts';
import { createAttempts } from './attempts.ts';
import { createCopy } from './copy.ts';
import { createEffects, type EffectDeps, type Effects } from './effects.ts';
import { createForget } from './forget.ts';
import { createKubeWrites, type KubeWriteDeps } from './kube-writes.ts';
import { createPermissionUpdate } from './permission-update.ts';
import { createRepair } from './repair.ts';
import { createRestart } from './restart.ts';
import { createRevocation } from './revocation.ts';

export interface StepDeps extends Omit<KubeWriteDeps, 'effectsFor'> {
  readonly kube: KubeApi;
  readonly references: References;
  readonly effects: EffectDeps;
}

/** What a step leads to: the object that a write returned (undefined: it is gone), or facts to go on with. */
export type StepResult =
  | { readonly type: 'Wrote'; readonly object: ApiKeyRotation | undefined }
  /** `outdated`: facts that the step has made untrue and that must be looked at again. */
  | { readonly type: 'Found'; readonly facts: Partial<Facts>; readonly outdated?: readonly Outdated[] };

type Outdated = 'labelled' | 'targets' | 'evidence' | 'liveEvidence';

/** Carries one step out. Throws CallError where it could not; what is known then is in the session. */
export type TakeStep = (step: Step, facts: Facts, session: Session, sight: Sight) => Promise<StepResult>;

export function createSteps(deps: StepDeps): TakeStep {
  const writes = createKubeWrites({ ...deps, effectsFor });
  const attempts = createAttempts({ references: deps.references, effectsFor });
  const copy = createCopy({ references: deps.references, effectsFor });
  const repair = createRepair({ references: deps.references, effectsFor });
  const restart = createRestart({ kube: deps.kube, effectsFor });
  const revoke = createRevocation({ references: deps.references, effectsFor });
  const updatePermissions = createPermissionUpdate({ references: deps.references, effectsFor });
  const forgetReplaced = createForget({ references: deps.references, effectsFor });

  function effectsFor({ object: { metadata, status } }: Facts): Effects {
    return createEffects(
      deps.effects,
      `${metadata.namespace}/${metadata.name}`,
      (status?.rotation ?? status?.drift?.repair)?.claim,
    );
  }

  async function revoked(facts: Facts, { keys, authority }: Extract<Step, { type: 'Revoke' }>): Promise<StepResult> {
    await revoke(facts, keys);
    return REVOKED[authority];
  }

  return async (step, facts, session, sight) => {
    switch (step.type) {
      case 'Commit':
        // Once it is committed nobody remembers that there is anything to forget.
        if (step.name === 'Done') await forgetReplaced(facts);
        return { type: 'Wrote', object: await writes.commit(facts, step, session) };
      case 'AddFinalizer':
        return { type: 'Wrote', object: await writes.addFinalizer(facts.object) };
      case 'RemoveFinalizer':
        await (step.gaveUp ? forgetReplaced(facts).catch(() => undefined) : forgetReplaced(facts));
        await writes.removeFinalizer(facts.object, step.notices);
        return { type: 'Wrote', object: undefined };
      case 'Deliver':
        return orPending(async () => held(await attempts.deliver(facts, session, sight)));
      case 'Recover':
        return held(await attempts.recover(facts, step.fenceOnly, session, sight));
      case 'Find':
        return { type: 'Found', facts: { found: await attempts.find(facts, step.call) }, outdated: ['labelled'] };
      case 'UpdatePermissions':
        return { type: 'Found', facts: { permissions: await updatePermissions(facts) } };
      case 'Copy':
        return { type: 'Found', facts: { copies: await copy(facts, step.targets) } };
      case 'Repair':
        return { type: 'Found', facts: { repaired: await repair(facts) } };
      case 'Restart':
        await restart(facts, step.workload, session);
        return { type: 'Found', facts: {}, outdated: ['evidence', 'liveEvidence'] };
      case 'Revoke':
        if (step.authority === 'revokeIntent') return orPending(() => revoked(facts, step));
        return revoked(facts, step);
    }
  };
}

/** What people have yet to do is no trouble: it is waited for. */
async function orPending(step: () => Promise<StepResult>): Promise<StepResult> {
  try {
    return await step();
  } catch (error) {
    if (error instanceof PendingError) return { type: 'Found', facts: { pending: error.request } };
    throw error;
  }
}

/** The targets were written, or were found to be others than read before; and time has passed in which a key may have been made. */
function held(holding: Holding): StepResult {
  return { type: 'Found', facts: { holding }, outdated: ['targets', 'labelled'] };
}

/** What is known after a revocation. */
const REVOKED: Readonly<Record<Extract<Step, { type: 'Revoke' }>['authority'], StepResult>> = {
  revokeIntent: { type: 'Found', facts: { keys: { newVerified: true, old: { live: false, ours: true } } } },
  abandoned: { type: 'Found', facts: {}, outdated: ['labelled'] },
  deletion: { type: 'Found', facts: { deletionRevoked: true }, outdated: ['labelled'] },
};
