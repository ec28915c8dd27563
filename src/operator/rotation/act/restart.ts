import { deniedMessage } from '../../../evidence/rollout/messages.ts';
import { CallError } from '../../../http/call-error.ts';
import type { WorkloadVersion } from '../../../rotation/assessment.ts';
import type { Facts } from '../../../rotation/facts.ts';
import { restartMark } from '../../../rotation/restart-mark.ts';
import { committed, ownerOf } from '../../../rotation/transitions/status.ts';
import type { KubeApi } from '../../../runtime/kube/kube-api.ts';
import { isConflict, isNotFound } from '../../../runtime/kube/kube-errors.ts';
import { workloadResource } from '../../../runtime/kube/resources.ts';
import type { Session } from '../session.ts';
import type { Effects } from './effects.ts';

export interface RestartDeps {
  readonly kube: Pick<KubeApi, 'mergePatch'>;
  readonly effectsFor: (facts: Facts) => Effects;
}

/**
 * Restarts a workload for the running revision, by a compare-and-set on the version that was seen: the mark that it leaves in the pod
 * template is what replaces the pods, and what tells everybody that it was done. A second one for the same key changes nothing.
 */
export function createRestart({ kube, effectsFor }: RestartDeps) {
  return async (facts: Facts, workload: WorkloadVersion, session: Session): Promise<void> => {
    // Whatever becomes of it, what was seen before is no longer so.
    delete session.rollouts;
    const { kind, name, resourceVersion } = workload;
    const { namespace = '' } = facts.object.metadata;
    const attempt = { ...ownerOf(facts), ...committed(facts) };
    const fingerprint = facts.object.status?.rotation?.newKey?.fingerprint ?? '';
    const annotations = restartMark({ ...attempt, fingerprint });
    const patch = { metadata: { resourceVersion }, spec: { template: { metadata: { annotations } } } };
    const write = () => kube.mergePatch({ resource: workloadResource(kind), namespace, name }, patch);
    try {
      await effectsFor(facts).restart(`${kind}/${name}`, attempt, write);
    } catch (error) {
      // Somebody else was first, a rival of ours or a deployment: the next look tells what there is to do.
      if (isConflict(error) || isNotFound(error)) return;
      throw forbidden(error) ? deniedTo(workload, namespace) : error;
    }
  };
}

function forbidden(error: unknown): boolean {
  return error instanceof CallError && error.status === 403;
}

function deniedTo({ kind, name }: WorkloadVersion, namespace: string): CallError {
  const resource = `${workloadResource(kind).plural}.apps`;
  const message = deniedMessage(`restart ${kind} ${name}`, namespace, resource, 'get,patch');
  return new CallError('denied', 'WorkloadAccessDenied', message, { status: 403 });
}
