import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { inTurn } from '../test/e2e/load/in-turn.ts';
import { logIn } from '../test/e2e/world/vault-access.ts';
import { OPERATOR } from '../test/integration/documented-roles.ts';
import type { FloorResult, FloorTask, KubeBody } from './floor.ts';
import { askForAll, type Member } from './population.ts';
import { reportUntilDone } from './reporting.ts';
import type { Stage } from './stage.ts';

/** What a floor of this stage writes over and over. */
export type FloorSample = Pick<FloorTask, 'statuses' | 'report' | 'event'>;

/** Rotates a member by an operator, and answers what it wrote: statuses without the last, a report, an event. */
export async function sampleForFloor({ world, followed }: Stage, member: Member): Promise<FloorSample> {
  const operator = await world.operator();
  const statuses: object[] = [];
  const stop = followed.onChange(({ metadata, status }) => {
    if (metadata.name === member.name && metadata.namespace === member.namespace && status) statuses.push(status);
  });
  const done = reportUntilDone(followed, [member], { revision: 2, reportsURL: operator.reportsURL });
  await askForAll(world, [member], 'sample');
  await done;
  stop();
  await operator.stop(30_000);
  const [report] = await world.cluster.list('/apis/apikeyrotation.io/v1alpha1/migrationreports');
  const events = await world.cluster.list<KubeEvent>('/api/v1/events');
  const event = events.find(({ reason }) => reason === 'OldKeyRevoked');
  if (!report || !event) throw new Error('the operator wrote no report or no event that the floor could repeat');
  // The annotation's own change is told first, with the status as it was.
  return { statuses: statuses.slice(-4, -1), report: bare(report), event: bare(event) };
}

type KubeEvent = KubeBody & { readonly reason: string; readonly apiVersion: string; readonly kind: string };

/** Without what the API server gave it. */
function bare<T extends KubeBody>({ metadata: { name }, ...rest }: T): KubeBody {
  return { ...rest, metadata: { name } };
}

/** Lets the floor go over all of these, in a process of its own. */
export async function runFloor(
  { world: { plane, cluster, vault, apio, apioServer } }: Stage,
  rest: FloorSample & Pick<FloorTask, 'rotations' | 'concurrency' | 'run'>,
): Promise<FloorResult> {
  const organization = `floor-${rest.run}`;
  const namespaces = [...new Set(rest.rotations.map(({ namespace }) => namespace))];
  // What an earlier run left would be looked through by every list of this one; the operator leaves one report a pod.
  await inTurn(namespaces, namespaces.length, (namespace) =>
    cluster.remove(`/apis/apikeyrotation.io/v1alpha1/namespaces/${namespace}/migrationreports`),
  );
  const tokens = await inTurn(namespaces, namespaces.length, async (namespace) => {
    const jwt = await cluster.token({ namespace, name: 'vault-writer' }, { audiences: ['vault'] });
    return [namespace, await logIn(vault, namespace, jwt)] as const;
  });
  const task: FloorTask = {
    ...rest,
    // As the accounts that the operator uses: what servers spend on who calls is no affair of the operator.
    kube: { url: plane.url, ca: plane.ca, token: await cluster.token(OPERATOR, { expirationSeconds: 86_400 }) },
    vault: { url: vault.url, tokens: Object.fromEntries(tokens) },
    issuer: { url: apioServer.url.Live, token: apio.createManager('Live', organization).text, organization },
  };
  const program = join(import.meta.dirname, 'floor.ts');
  const child = spawn(process.execPath, [program], { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.end(JSON.stringify(task));
  const told = await text(child.stdout);
  if (told === '') throw new Error('the floor ended without a result');
  return JSON.parse(told);
}
