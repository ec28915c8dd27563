import { isNotServed } from '../runtime/kube/kube-errors.ts';
import type { Log } from '../runtime/log.ts';
import type { Obstacle, Reflector } from '../runtime/reflector.ts';

type Listed = Pick<Reflector<never>, 'synced' | 'answered' | 'obstacles'>;

export interface FirstListsDeps {
  /** Without these nothing is decided: an issuer that is not yet listed is not a missing one. */
  readonly needed: readonly Listed[];
  /** Kinds of the cluster: who names none of them need not wait until somebody has made them, or given the rights on them. */
  readonly spared: readonly Listed[];
  readonly log: Pick<Log, 'info' | 'warn'>;
}

/** What is not listed yet, why, and what helps, a sentence each: `spared` tells of what others need not wait for. */
export interface Obstacles {
  readonly needed: readonly string[];
  readonly spared: readonly string[];
}

/** How far the caches are filled. */
export interface FirstLists {
  /** Resolves when work may begin. */
  readonly synced: Promise<unknown>;
  obstacles(): Obstacles;
  /** Why objects of this kind are not known; undefined where they are. */
  obstacleTo(kind: string): string | undefined;
  /** Calls `handler` when a kind is listed that was spared so far: who names it was told that it is not followed. */
  onServed(handler: () => void): void;
}

export function createFirstLists({ needed, spared, log }: FirstListsDeps): FirstLists {
  const handlers = new Set<() => void>();

  for (const listed of [...needed, ...spared]) void listed.answered.then(() => tell(listed));

  function tell({ synced, obstacles }: Listed): void {
    const told = obstacles().filter(({ error }) => isNotServed(error));
    for (const obstacle of told) log.warn({ resource: obstacle.selection.resource.plural }, obstacleText(obstacle));
    const [first] = told;
    if (!first) return;
    void synced.then(() => {
      log.info({ resource: first.selection.resource.plural }, 'This kind is followed from now on');
      for (const handler of handlers) handler();
    });
  }

  return {
    synced: Promise.all([...needed.map(({ synced }) => synced), ...spared.map(({ answered }) => answered)]),
    obstacles: () => ({ needed: textsOf(needed), spared: textsOf(spared) }),
    obstacleTo(kind) {
      const obstacle = allOf(spared).find(({ selection }) => selection.resource.kind === kind);
      return obstacle && obstacleText(obstacle);
    },
    onServed: (handler) => void handlers.add(handler),
  };
}

function allOf(listed: readonly Listed[]): readonly Obstacle[] {
  return listed.flatMap(({ obstacles }) => obstacles());
}

function textsOf(listed: readonly Listed[]): readonly string[] {
  return allOf(listed).map(obstacleText);
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
  return `${problem}the operator's account may not (403); give it ${rights}, as docs/evidence.md does`;
}
