import { referenceKey, storeReference } from '../../../api/references.ts';
import type { ApiKeyRotation, PlannedTarget, StoreObject } from '../../../api/types.ts';
import { type Pod, type PodView, podView } from '../../../evidence/pod-view.ts';
import { type Copy, copyOf, type SecretTarget } from '../../../evidence/rollout/copy.ts';
import { deniedMessage } from '../../../evidence/rollout/messages.ts';
import type { CopyState, RolloutSight } from '../../../evidence/rollout/sight.ts';
import {
  isRolledOut,
  type RolloutRule,
  type WorkloadObject,
  type WorkloadView,
  workloadView,
} from '../../../evidence/rollout/workload.ts';
import { CallError } from '../../../http/call-error.ts';
import { fingerprint } from '../../../key/fingerprint.ts';
import { SecretValue } from '../../../key/secret-value.ts';
import { keyFieldOf } from '../../../rotation/transitions/recorded.ts';
import type { Cache } from '../../../runtime/cache.ts';
import type { KubeApi, KubeObject } from '../../../runtime/kube/kube-api.ts';
import { pages } from '../../../runtime/kube/pages.ts';
import { pods, secrets, workloadResource } from '../../../runtime/kube/resources.ts';

export interface RolloutLookDeps {
  readonly kube: Pick<KubeApi, 'get' | 'list'>;
  readonly stores: Pick<Cache<StoreObject>, 'get'>;
}

/** What was found of workloads, by the name of the consumer. */
export type RolloutSights = ReadonlyMap<string, RolloutSight>;

/** Reads the workloads that consumers name, what their pods read, and the pods. Calls nothing where no consumer names one. */
export interface RolloutLook {
  /** Workloads and copies, one GET each, and no pods yet. */
  workloads(object: ApiKeyRotation): Promise<RolloutSights>;
  /** The same with the pods of those that are rolled out: one LIST by selector each. Others cannot count before they are. */
  withPods(sights: RolloutSights, object: ApiKeyRotation): Promise<RolloutSights>;
}

/** A Secret as far as copies are read. */
interface SecretObject extends KubeObject {
  data?: Readonly<Record<string, string>>;
}

export function createRolloutLook({ kube, stores }: RolloutLookDeps): RolloutLook {
  async function look(rule: RolloutRule, object: ApiKeyRotation): Promise<RolloutSight> {
    const { namespace = '' } = object.metadata;
    const { kind, name } = rule.workloadRef;
    const resource = workloadResource(kind);
    const what = `read ${resource.plural}`;
    return unlessDenied(deniedMessage(what, namespace, `${resource.plural}.apps`, verbsFor(rule)), async () => {
      const found = await kube.get<WorkloadObject>({ resource, namespace, name });
      if (!found) return { type: 'Missing' };
      const workload = workloadView(kind, found);
      const copy = copyOf(rule, workload.keySources, secretTargets(object));
      return lookAtCopy(workload, copy, object);
    });
  }

  function lookAtCopy(workload: WorkloadView, copy: Copy | undefined, object: ApiKeyRotation): Promise<RolloutSight> {
    const { namespace = '' } = object.metadata;
    const secret = copy?.type === 'Secret' ? copy.secret : '';
    return unlessDenied(
      deniedMessage(`read Secret ${secret}`, namespace, `secrets --resource-name=${secret}`, 'get'),
      async () => ({ type: 'Seen', workload, copy, copyState: await stateOf(copy, object), pods: undefined }),
    );
  }

  /** Targets are read by who decides; that they serve the new key is what `publishedAt` says, and what step 7 sees again. */
  async function stateOf(copy: Copy | undefined, { metadata, status }: ApiKeyRotation): Promise<CopyState> {
    if (copy?.type !== 'Secret') return 'New';
    const { namespace } = metadata;
    const found = await kube.get<SecretObject>({ resource: secrets, namespace, name: copy.secret });
    if (!found) return 'Absent';
    const text = found.data?.[copy.key];
    if (!text) return 'NoKey';
    const print = fingerprint(new SecretValue(Buffer.from(text, 'base64').toString('utf8')));
    return print === status?.rotation?.newKey?.fingerprint ? 'New' : 'Other';
  }

  /** The targets of the running plan that are Secrets of this namespace. */
  function secretTargets({ metadata, status }: ApiKeyRotation): SecretTarget[] {
    const planned = status?.rotation?.plan.targets ?? [];
    const storeOf = (target: PlannedTarget) => stores.get(referenceKey(metadata.namespace, storeReference(target)));
    return planned
      .filter((target) => storeOf(target)?.spec.type === 'KubernetesSecret')
      .map(({ path, fields }) => ({ secret: path, key: keyFieldOf(fields) }));
  }

  async function listPods({ selector }: WorkloadView, namespace: string | undefined): Promise<PodView[]> {
    const views: PodView[] = [];
    const query = { resource: pods, namespace, labelSelector: selector };
    for await (const page of pages<Pod>(kube, query)) views.push(...page.map(podView));
    return views;
  }

  return {
    async workloads(object) {
      const found = new Map<string, RolloutSight>();
      for (const { name, rule } of rolloutRules(object)) found.set(name, await look(rule, object));
      return found;
    },
    async withPods(sights, { metadata }) {
      const seen = new Map<string, RolloutSight>();
      for (const [name, sight] of sights) {
        const isCounting = sight.type === 'Seen' && sight.copyState === 'New' && isRolledOut(sight.workload);
        seen.set(name, isCounting ? { ...sight, pods: await listPods(sight.workload, metadata.namespace) } : sight);
      }
      return seen;
    },
  };
}

function rolloutRules({ spec }: ApiKeyRotation): { readonly name: string; readonly rule: RolloutRule }[] {
  return (spec.consumers ?? []).flatMap(({ name, evidence }) =>
    evidence.flatMap(({ rollout }) => (rollout ? [{ name, rule: rollout }] : [])),
  );
}

function verbsFor({ action }: RolloutRule): string {
  return action === 'Restart' ? 'get,patch' : 'get';
}

/** What the API server forbids concerns this consumer, and not the others: they are told with it. */
async function unlessDenied(message: string, run: () => Promise<RolloutSight>): Promise<RolloutSight> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof CallError && error.status === 403) return { type: 'Denied', message };
    throw error;
  }
}
