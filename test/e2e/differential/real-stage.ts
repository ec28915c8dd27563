import type { Item } from '../../differential/case.ts';
import { createClient } from '../../differential/client.ts';
import { type Performance, playAll } from '../../differential/play-all.ts';
import { prepare } from '../../differential/prepare.ts';
import { startControlPlane } from '../components/control-plane.ts';

async function playOne(items: readonly Item[], workloads: boolean): Promise<Performance> {
  const plane = await startControlPlane({ workloads });
  const client = createClient({ url: plane.url, ca: plane.ca, token: plane.adminToken });
  const forget = async () => {
    await plane.etcd.compact();
    // What it has in memory outlives what etcd forgets.
    await plane.restartApiServer('stop');
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
export async function playReal(items: readonly Item[]): Promise<Performance> {
  const needControllers = items.some(({ cases }) => cases.some(({ controllers }) => controllers));
  const alone = await playOne(items, false);
  return needControllers ? new Map([...alone, ...(await playOne(items, true))]) : alone;
}
