import type { ApioKey } from '../../../sandbox/apio/engine/types.ts';
import { issuedKeys, liveKeys } from '../world/issued-keys.ts';
import { judge } from '../world/judge.ts';
import { createReportingPod } from '../world/reporting-pod.ts';
import { rotationManifest } from '../world/rotation-manifest.ts';
import { createTenant, type Rotation, type Tenant, type TenantOptions } from '../world/tenant.ts';
import type { World } from '../world/world.ts';
import { type ServedKeyWatch, watchServedKey } from './served-key.ts';

/** One rotation under trial, with a consumer that takes up each key, and everything counted. */
export interface Trial {
  readonly tenant: Tenant;
  /** Every key of this rotation so far, in the order of issue. */
  keys(): readonly ApioKey[];
  /** Ends the trial, at rest: what it came to. */
  result(): Promise<TrialResult>;
}

/** The columns of the neighbour's table, and ours. */
export interface TrialResult {
  readonly deadSeconds: number;
  /** Live keys at one time, at most. */
  readonly mostLive: number;
  readonly liveAtRest: number;
  readonly orphans: number;
  readonly leaks: number;
  /** How often was looked. */
  readonly looks: number;
}

/** Who gives evidence: a pod that reports, or nobody, with a short overlap. */
export type TrialEvidence = 'Report' | 'WithoutEvidence';

export const ROTATION = 'key';

/** Prepares it and waits for the first key. With `cron` it is due again and again. */
export async function startTrial(
  world: World,
  namespace: string,
  options: TenantOptions & { evidence: TrialEvidence; cron?: string; reportsURL: () => string },
): Promise<Trial> {
  const { evidence, cron, reportsURL, ...tenantOptions } = options;
  const { apio } = world;
  const tenant = await createTenant(world, namespace, { ...tenantOptions, accounts: ['app'] });
  const pod = await createReportingPod(world, tenant, { name: 'app-0', account: 'app', reportsURL });
  const overlap = evidence === 'WithoutEvidence' ? { overlap: '1s' } : {};
  await world.cluster.apply(rotationManifest({ namespace, name: ROTATION, cron, ...overlap }));
  const live = () => liveKeys(apio, namespace).length;
  const reports: Promise<void>[] = [];
  let mostLive = 0;
  const watch: ServedKeyWatch = watchServedKey({
    apio,
    read: async () => {
      mostLive = Math.max(mostLive, live());
      return (await tenant.served(ROTATION))?.data.API_KEY;
    },
    onKey: (text) => {
      if (evidence === 'Report') reports.push(pod.report(ROTATION, text));
    },
  });
  await tenant.settled(ROTATION, undefined, 120_000);
  return {
    tenant,
    keys: () => issuedKeys(apio, namespace),
    async result() {
      await watch.stop();
      await Promise.all(reports);
      const { orphans, leaks } = await judge(world, namespace);
      return {
        deadSeconds: watch.deadSeconds(),
        mostLive,
        liveAtRest: live(),
        orphans: orphans.length,
        leaks: leaks.length,
        looks: watch.looks(),
      };
    },
  };
}

/** The conditions that a person would look at. */
export interface Told {
  /** Reason of Rotating. */
  readonly reason: string | undefined;
  readonly message: string | undefined;
  /** `False`, or `True, NeedsHuman`. */
  readonly stalled: string;
  readonly ready: string | undefined;
}

/** What a rotation says of itself. */
export function toldBy({ status }: Rotation): Told {
  const find = (wanted: string) => status?.conditions?.find(({ type }) => type === wanted);
  const [rotating, stalled] = [find('Rotating'), find('Stalled')];
  return {
    reason: rotating?.reason,
    message: rotating?.message,
    stalled: stalled?.status === 'True' ? `True, ${stalled.reason}` : 'False',
    ready: find('Ready')?.status,
  };
}
