import { writeFile } from 'node:fs/promises';
import { until } from '../components/until.ts';
import type { Job } from './job.ts';
import { keyLoader, type PodIdentity, projectedToken, REPORT_AUDIENCE } from './key-loader.ts';
import { type KeyUser, startKeyUser } from './key-user.ts';
import type { World } from './world.ts';

/** What runs in a pod. */
export interface Container extends KeyUser {
  readonly pod: PodIdentity;
  readonly job: Job;
}

/** What it needs beside its pod. */
export interface ContainerDeps {
  readonly world: World;
  readonly reportsURL: string;
  /** For token files. */
  readonly folder: string;
  /** Whether it must go on with the key that it has. */
  readonly isHeld: (pod: PodIdentity, job: Job) => boolean;
  /** Told what the SDK has to say: its log. */
  readonly log: (line: string) => void;
}

/** Starts it as soon as its token is there. */
export async function startContainer(deps: ContainerDeps, pod: PodIdentity, job: Job): Promise<Container> {
  const { world, log } = deps;
  const { callsPerSecond, atStartOnly = false } = job;
  const user = startKeyUser({
    load: keyLoader(world, pod, job),
    callURL: `${world.apioServer.url.Live}/v1/payments`,
    callsPerSecond,
    report: atStartOnly ? undefined : await reportOf(deps, pod, job),
    isHeld: () => atStartOnly || deps.isHeld(pod, job),
    log: (line) => log(`${pod.namespace}/${pod.name} ${line}`),
  });
  return { pod, job, ...user };
}

/** Where it reports, with the token that the kubelet would have projected. */
async function reportOf({ world, folder, reportsURL: url }: ContainerDeps, pod: PodIdentity, job: Job) {
  const tokenFile = `${folder}/${pod.uid}.token`;
  // As the kubelet, it tries until the API server answers.
  const token = await until(() => projectedToken(world, pod, REPORT_AUDIENCE), {
    what: `a token of ${pod.name}`,
    timeoutMs: 30_000,
  });
  await writeFile(tokenFile, token, { mode: 0o600 });
  return { url, namespace: pod.namespace, rotation: job.rotation, consumer: job.consumer, tokenFile };
}
