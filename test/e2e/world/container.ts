import { writeFile } from 'node:fs/promises';
import { type Caller, createCaller, pace } from '../../../demo/calling.ts';
import { createConsumer, type KeyLoader, type LoadedKey } from '../../../packages/consumer/src/index.ts';
import { until } from '../components/until.ts';
import type { Job } from './job.ts';
import { keyLoader, type PodIdentity, projectedToken, REPORT_AUDIENCE } from './key-loader.ts';
import type { World } from './world.ts';

/** What runs in a pod: it loads the key, calls the issuing API with it at a steady pace, and reports with the SDK. */
export interface Container {
  readonly pod: PodIdentity;
  readonly job: Job;
  tally(): ReturnType<Caller['tally']>;
  /** Ends; resolves when the last call has its answer. */
  stop(): Promise<void>;
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

const POLL_MS = 200;

/** Starts it as soon as its token is there. */
export async function startContainer(deps: ContainerDeps, pod: PodIdentity, job: Job): Promise<Container> {
  const { world, folder, reportsURL: url, log } = deps;
  const tokenFile = `${folder}/${pod.uid}.token`;
  // As the kubelet, it tries until the API server answers.
  const token = await until(() => projectedToken(world, pod, REPORT_AUDIENCE), {
    what: `a token of ${pod.name}`,
    timeoutMs: 30_000,
  });
  await writeFile(tokenFile, token, { mode: 0o600 });
  const { namespace } = pod;
  const { rotation, consumer: name } = job;
  const caller = createCaller(`${world.apioServer.url.Live}/v1/payments`);
  const consumer = createConsumer({
    load: holdable(keyLoader(world, pod, job), () => deps.isHeld(pod, job)),
    pollIntervalMs: POLL_MS,
    report: { ...{ url, namespace, rotation, consumer: name, tokenFile } },
    onError: ({ code, message }) => log(`${namespace}/${pod.name} ${code}: ${message}`),
  });
  const underWay = new Set<Promise<unknown>>();
  const endPace = pace(
    job.callsPerSecond,
    () => performance.now(),
    () => {
      // A call without a key is none, and failures of others are counted by the caller.
      const call = consumer
        .use(caller.call)
        .catch(() => undefined)
        .finally(() => underWay.delete(call));
      underWay.add(call);
    },
  );
  return {
    pod,
    job,
    tally: caller.tally,
    async stop() {
      endPace();
      await consumer.close();
      await Promise.all(underWay);
      caller.close();
    },
  };
}

/** As an application that must drain its pools first: it keeps its key until it is let go. */
function holdable(loader: KeyLoader, isHeld: () => boolean): KeyLoader {
  let present: LoadedKey | string | undefined;
  return {
    load: async (signal) => {
      if (present === undefined || !isHeld()) present = await loader.load(signal);
      return present;
    },
  };
}
