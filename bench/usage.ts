import { readFile } from 'node:fs/promises';
import type { ControlPlane } from '../test/e2e/components/control-plane.ts';

/** What a process has used up to now. */
export interface Usage {
  readonly cpuSeconds: number;
  readonly rssMiB: number;
  /** The most that it had at any time. */
  readonly peakMiB: number;
}

/** Ticks of /proc/<pid>/stat in a second: 100 on every Linux that Node runs on. */
const TICKS = 100;

/** Of a process of this machine; Linux tells it. */
export async function usageOf(pid: number | undefined): Promise<Usage> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  // The name of the program, in parentheses, may hold spaces.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const mebibytes = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1]) / 1024;
  return {
    cpuSeconds: (Number(fields[11]) + Number(fields[12])) / TICKS,
    rssMiB: mebibytes('VmRSS'),
    peakMiB: mebibytes('VmHWM'),
  };
}

type Asked = Pick<ControlPlane, 'request'>;

/** CPU time of the API server up to now. */
export async function apiServerSeconds({ request }: Asked): Promise<number> {
  const { body } = await request('GET', '/metrics');
  return Number(/^process_cpu_seconds_total (\S+)$/m.exec(String(body))?.[1]);
}

/** How many requests the API server has refused up to now, for there were too many at once. */
export async function rejectedAt({ request }: Asked): Promise<number> {
  const { body } = await request('GET', '/metrics');
  const counts = String(body).matchAll(/^apiserver_flowcontrol_rejected_requests_total\{.*\} (\S+)$/gm);
  return counts.reduce((sum, [, count]) => sum + Number(count), 0);
}

/** How often the API server was asked up to now, watches and leases left out, as `VERB resource/subresource`. */
export async function requestsAt({ request }: Asked): Promise<Readonly<Record<string, number>>> {
  const { body } = await request('GET', '/metrics');
  const counts: Record<string, number> = {};
  for (const [, labels = '', count] of String(body).matchAll(/^apiserver_request_total\{(.*)\} (\S+)$/gm)) {
    const label = (name: string) => new RegExp(`${name}="([^"]*)"`).exec(labels)?.[1] ?? '';
    const [verb, resource, subresource] = [label('verb'), label('resource'), label('subresource')];
    if (!isOfRotations(resource) || verb === 'WATCH') continue;
    const key = `${verb} ${resource}${subresource && `/${subresource}`}`;
    counts[key] = (counts[key] ?? 0) + Number(count);
  }
  return counts;
}

const OF_ROTATIONS = new Set(['apikeyrotations', 'migrationreports', 'tokenreviews', 'pods', 'events', 'secrets']);

/** Whether a rotation asks for such a resource; the API server's own work is left out. */
export function isOfRotations(resource: string): boolean {
  return OF_ROTATIONS.has(resource);
}

/** What was added since `before`, for each of `per`. */
export function added(
  before: Readonly<Record<string, number>>,
  after: Readonly<Record<string, number>>,
  per: number,
): Readonly<Record<string, number>> {
  const differences = Object.entries(after).map(([key, count]) => [key, (count - (before[key] ?? 0)) / per] as const);
  return Object.fromEntries(differences.filter(([, difference]) => difference > 0));
}

/** How many of these requests change something; a TokenReview does not. */
export function mutating(requests: Readonly<Record<string, number>>): number {
  return Object.entries(requests)
    .filter(([request]) => !/^(GET|LIST) /.test(request) && !request.includes('tokenreviews'))
    .reduce((sum, [, count]) => sum + count, 0);
}
