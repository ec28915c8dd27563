import { isNotServed } from '../runtime/kube/kube-errors.ts';
import type { Log } from '../runtime/log.ts';
import type { Obstacle, Reflector, ServiceChange } from '../runtime/reflector.ts';

type Listed = Pick<Reflector<never>, 'synced' | 'answered' | 'obstacles' | 'onService'>;
type Served = Extract<ServiceChange, { type: 'Served' }>;

export interface FirstListsDeps {
  /** Without these nothing is decided: an issuer that is not yet listed is not a missing one. */
  readonly needed: readonly Listed[];
  /** Kinds of the cluster: who names none of them need not wait until somebody has made them, or given the rights on them. */
  readonly spared: readonly Listed[];
  readonly log: Pick<Log, 'info' | 'warn'>;
}

/** How far the caches are filled. */
export interface FirstLists {
  /** Resolves when work may begin. */
  readonly synced: Promise<unknown>;
  /** What is not listed, why, and what helps, a sentence each: once work has begun, what is done without. */
  obstacles(): readonly string[];
  /** Plurals of the needed resources that the API server refuses to list, in a namespace at least. */
  refused(): readonly string[];
  /** Why objects of this kind in this namespace, or of the cluster, are not known; undefined where they are. */
  obstacleTo(kind: string, namespace: string | undefined): string | undefined;
  /** Calls `handler` when something is listed that was refused so far: who names it was told that it is not followed. */
  onServed(handler: (served: Served) => void): void;
}

export function createFirstLists({ needed, spared, log }: FirstListsDeps): FirstLists {
  const handlers = new Set<(served: Served) => void>();
  const all = [...needed, ...spared];

  for (const listed of all) listed.onService(tell);

  function tell(change: ServiceChange): void {
    const { resource, namespace } = change.selection;
    const fields = { resource: resource.plural, ...(namespace === undefined ? {} : { namespace }) };
    if (change.type === 'Refused') {
      log.warn(fields, obstacleText(change));
      return;
    }
    log.info(fields, 'This kind is followed from now on');
    for (const handler of handlers) handler(change);
  }

  return {
    synced: Promise.all([...needed.map(({ synced }) => synced), ...spared.map(({ answered }) => answered)]),
    obstacles: () => obstaclesOf(all).map(obstacleText),
    refused() {
      const refused = obstaclesOf(needed).filter(({ error }) => isNotServed(error));
      return [...new Set(refused.map(({ selection }) => selection.resource.plural))];
    },
    obstacleTo(kind, namespace) {
      const obstacle = obstaclesOf(all).find(
        ({ selection }) => selection.resource.kind === kind && selection.namespace === namespace,
      );
      return obstacle && obstacleText(obstacle);
    },
    onServed: (handler) => void handlers.add(handler),
  };
}

function obstaclesOf(listed: readonly Listed[]): readonly Obstacle[] {
  return listed.flatMap(({ obstacles }) => obstacles());
}

function obstacleText({ selection: { resource, namespace }, error }: Obstacle): string {
  const what = namespace === undefined ? resource.plural : `${resource.plural} of namespace ${namespace}`;
  if (!error) return `${what} are not listed yet`;
  const problem = `${what} cannot be listed: `;
  if (error.status === 404)
    return `${problem}the API server knows no such kind (404); kubectl apply -f crds/${resource.plural}.yaml`;
  if (error.status !== 403) return `${problem}${error.message} (${error.reason}); it is tried again`;
  const where = namespace === undefined ? 'the whole cluster' : `namespace ${namespace}`;
  const rights = `list and watch on ${resource.plural}.${resource.group} in ${where}`;
  return `${problem}the operator's account may not (403); give it ${rights}, as docs/operator-rights.md does`;
}
