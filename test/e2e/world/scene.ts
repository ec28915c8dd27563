import type { Output } from '../../../demo/leak-scan.ts';
import { reports, rotations } from '../../../src/api/resources.ts';
import { events } from '../../../src/runtime/kube/resources.ts';
import type { Denial } from './audit.ts';
import { type Crew, gatherCrew } from './crew.ts';
import { createFollower } from './follow.ts';
import { issuedKeys } from './issued-keys.ts';
import { judge } from './judge.ts';
import { type KeptOperator, keepOperator } from './kept-operator.ts';
import { violationsOf } from './verdict.ts';
import { startWorld, type World, type WorldOperatorOptions, type WorldOptions } from './world.ts';

/** A world with Deployments that roll out, containers that act, and the operator. */
export interface Scene {
  readonly world: World;
  readonly operator: KeptOperator;
  readonly crew: Crew;
  /** Kills the API server and starts it again; resolves when it serves. Until then it knows no Roles, and refuses. */
  restartApiServer(): Promise<void>;
  /** Every promise that was broken in a namespace that is at rest, a sentence each. */
  judge(namespace: string, options?: JudgeOptions): Promise<readonly string[]>;
  /** `keepLogs`: a test failed. */
  close(options?: { readonly keepLogs?: boolean }): Promise<void>;
}

/** What a scenario makes happen by itself. */
export interface JudgeOptions {
  /** Requests that RBAC had to refuse; default: none. */
  readonly expectsDenial?: (denial: Denial) => boolean;
  /** Keys that live on although their object is gone. */
  readonly survivors?: readonly string[];
  /** What else came out of somewhere, and must hold no key. */
  readonly seen?: readonly Output[];
}

/** What the scene has beside the usual. */
export interface SceneOptions {
  readonly world?: WorldOptions;
  /** Needs what is there only when the world is. */
  readonly operator?: (world: World) => Promise<WorldOperatorOptions> | WorldOperatorOptions;
}

/** Starts it all, without a namespace to work in. */
export async function openScene({ world: worldOptions, operator: optionsOf }: SceneOptions = {}): Promise<Scene> {
  const world = await startWorld({ workloads: true, ...worldOptions });
  const follower = createFollower(world.plane);
  const seen: (Output & { readonly namespace: string | undefined })[] = [];
  for (const resource of [rotations, reports, events]) {
    follower.follow({ resource }, (object) => {
      const { name, namespace, resourceVersion } = object.metadata;
      seen.push({ channel: `${resource.plural} ${name} ${resourceVersion}`, text: JSON.stringify(object), namespace });
    });
  }
  const operator = await keepOperator(world, await optionsOf?.(world));
  const crew = await gatherCrew(world, follower, operator.reportsURL);

  const restarts: { readonly from: number; readonly to: number }[] = [];
  const isOfRestart = ({ at }: Denial) => restarts.some(({ from, to }) => at >= from && at <= to);

  const scene: Scene = {
    world,
    operator,
    crew,
    async restartApiServer() {
      const from = Date.now();
      await world.plane.restartApiServer('kill');
      restarts.push({ from, to: Date.now() });
    },
    async judge(namespace, { expectsDenial = () => false, survivors = [], seen: others = [] } = {}) {
      const log = { channel: 'log of the containers', text: crew.lines().join('\n') };
      const versions = seen.filter((output) => output.namespace === namespace);
      const containers = crew.containers(namespace);
      console.log(figuresOf(scene, namespace));
      const findings = await judge(world, namespace, { seen: [log, ...versions, ...others] });
      return violationsOf({
        namespace,
        tally: crew.tally(namespace),
        idle: containers.filter(({ tally }) => tally().calls === 0).map(({ pod }) => pod.name),
        findings: { ...findings, orphans: findings.orphans.filter((id) => !survivors.includes(id)) },
        denials: (await world.denials()).filter((denial) => !isOfRestart(denial) && !expectsDenial(denial)),
        deaths: operator.deaths,
      });
    },
    async close(options) {
      await crew.close();
      await follower.close();
      await world.close(options);
    },
  };
  return scene;
}

function figuresOf({ world: { apio }, crew }: Scene, namespace: string): string {
  const { calls, failed } = crew.tally(namespace);
  const keys = issuedKeys(apio, namespace);
  const dead = keys.filter((key) => apio.statusOf(key) !== 'active');
  return `${namespace}: ${calls} calls, ${failed} failed; ${keys.length} keys issued, ${dead.length} revoked`;
}
