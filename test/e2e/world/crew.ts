import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { pods } from '../../../src/runtime/kube/resources.ts';
import type { ClusterObject } from './cluster.ts';
import { type Container, startContainer } from './container.ts';
import type { Follower } from './follow.ts';
import { JOB_ANNOTATION, JOB_LABEL, type Job } from './job.ts';
import type { PodIdentity } from './key-loader.ts';
import type { World } from './world.ts';

/**
 * The containers of all pods that say in an annotation what they do: kwok plays the kubelet, which runs none. A container
 * begins when its pod is Running, and ends as soon as the pod is asked to end.
 */
export interface Crew {
  /** Those whose pods are there, of one namespace. */
  containers(namespace: string): readonly Container[];
  /** All calls of a namespace so far, also those of pods that are gone. */
  tally(namespace: string): CrewTally;
  /** Containers of these go on with the key that they have; returns how to let them go. */
  hold(held: { readonly namespace: string; readonly consumer?: string }): () => void;
  /** Everything that they logged. */
  lines(): readonly string[];
  close(): Promise<void>;
}

/** Counted at the answer. */
export interface CrewTally {
  readonly calls: number;
  readonly failed: number;
  /** `401 of payments-api-7d5f…`. */
  readonly failures: readonly string[];
}

interface Pod extends ClusterObject {
  readonly metadata: ClusterObject['metadata'] & { readonly annotations?: Readonly<Record<string, string>> };
  readonly spec: { readonly serviceAccountName: string };
  readonly status?: { readonly phase?: string };
}

/** Follows the pods of the whole cluster from now on. */
export async function gatherCrew(world: World, follower: Follower, reportsURL: string): Promise<Crew> {
  const folder = await mkdtemp(`${tmpdir()}/akr-crew-`);
  const everyone = new Map<string, Promise<Container>>();
  const present = new Map<string, Container>();
  const past: Container[] = [];
  const holds = new Set<{ readonly namespace: string; readonly consumer?: string }>();
  const lines: string[] = [];
  const isHeld = ({ namespace }: PodIdentity, job: Job) =>
    [...holds].some((hold) => hold.namespace === namespace && (hold.consumer ?? job.consumer) === job.consumer);
  const deps = { world, reportsURL, folder, isHeld, log: (line: string) => void lines.push(line) };

  async function begin(uid: string, pod: Pod): Promise<Container> {
    const container = await startContainer(deps, identityOf(pod), jobOf(pod));
    past.push(container);
    if (everyone.has(uid)) present.set(uid, container);
    return container;
  }
  async function end(uid: string): Promise<void> {
    const started = everyone.get(uid);
    everyone.delete(uid);
    present.delete(uid);
    await (await started?.catch(() => undefined))?.stop();
  }
  follower.follow({ resource: pods, labelSelector: JOB_LABEL }, (object, isGone) => {
    const pod = object as Pod;
    const { uid = '', deletionTimestamp } = pod.metadata;
    if (isGone || deletionTimestamp) void end(uid);
    else if (pod.status?.phase === 'Running' && !everyone.has(uid)) {
      const started = begin(uid, pod);
      everyone.set(uid, started);
      started.catch((error) => lines.push(`${pod.metadata.name} did not start: ${error}`));
    }
  });
  const ofNamespace = (containers: Iterable<Container>, namespace: string) =>
    [...containers].filter(({ pod }) => pod.namespace === namespace);

  return {
    containers: (namespace) => ofNamespace(present.values(), namespace),
    tally: (namespace) => sum(ofNamespace(past, namespace)),
    hold(held) {
      holds.add(held);
      return () => holds.delete(held);
    },
    lines: () => lines,
    async close() {
      await Promise.all([...everyone.keys()].map(end));
      await rm(folder, { recursive: true });
    },
  };
}

function identityOf({ metadata, spec }: Pod): PodIdentity {
  const { namespace = '', name, uid = '' } = metadata;
  return { namespace, name, uid, account: spec.serviceAccountName };
}

const jobOf = ({ metadata }: Pod) => JSON.parse(metadata.annotations?.[JOB_ANNOTATION] ?? '') as Job;

function sum(containers: readonly Container[]): CrewTally {
  const tallies = containers.map(({ pod, tally }) => ({ pod, ...tally() }));
  const total = (of: (tally: (typeof tallies)[number]) => number) => tallies.reduce((all, tally) => all + of(tally), 0);
  return {
    calls: total(({ calls }) => calls),
    failed: total(({ failed }) => failed),
    failures: tallies.flatMap(({ pod, failures }) =>
      Object.entries(failures).map(([kind, count]) => `${count} x ${kind} of ${pod.name}`),
    ),
  };
}
