import type { Item } from '../../differential/case.ts';
import { type Client, createClient } from '../../differential/playing/client.ts';
import { type Answers, playAll } from '../../differential/playing/play-all.ts';
import { prepare } from '../../differential/playing/prepare.ts';
import { startControlPlane } from '../components/control-plane.ts';
import { until } from '../components/until.ts';

const watched = ['/api/v1/configmaps', '/api/v1/secrets', '/apis/contract.example.com/v1/widgets'];

/** A server that has just started lists what it serves before it lets anybody watch. */
async function untilWatchable(client: Client, path: string): Promise<void> {
  const request = { method: 'GET', path: `${path}?watch=true&timeoutSeconds=1` };
  const opened = async () =>
    (
      await client.watch(
        request,
        () => true,
        async () => {},
      )
    ).status === 200;
  await until(opened, { what: `a watch of ${path}`, timeoutMs: 30_000 });
}

async function playOne(items: readonly Item[], workloads: boolean): Promise<Answers> {
  const plane = await startControlPlane({ workloads });
  const client = createClient({ url: plane.url, ca: plane.ca, token: plane.adminToken });
  const forget = async () => {
    await plane.etcd.compact();
    // What it has in memory outlives what etcd forgets.
    await plane.restartApiServer('stop');
    for (const path of watched) await untilWatchable(client, path);
  };
  try {
    await prepare(client);
    return await playAll(items, { client, forget }, workloads);
  } finally {
    await client.close();
    await plane.stop();
  }
}

/** Plays all cases against real API servers, fresh ones. */
export async function playReal(items: readonly Item[]): Promise<Answers> {
  const needControllers = items.some(({ cases }) => cases.some(({ controllers }) => controllers));
  const alone = await playOne(items, false);
  const all = needControllers ? new Map([...alone, ...(await playOne(items, true))]) : alone;
  const failed = [...all].filter(([, answers]) => answers.some((answer) => answer.failed !== undefined));
  if (failed.length > 0) throw new Error(`cases that cannot be played: ${JSON.stringify(failed)}`);
  return all;
}
