import { freePort } from './free-port.ts';
import { programPath } from './locate.ts';
import { type Program, startProgram } from './program.ts';

/** An etcd that keeps nothing safe, for tests. */
export interface Etcd {
  readonly url: string;
  readonly program: Program;
  /** Forgets everything before the present revision. */
  compact(): Promise<void>;
}

/** Starts it; whoever needs it waits for it by trying. */
export async function startEtcd(folder: string): Promise<Etcd> {
  const [client, peer] = [await freePort(), await freePort()];
  const url = `http://127.0.0.1:${client}`;
  const peerURL = `http://127.0.0.1:${peer}`;
  const program = startProgram({
    name: 'etcd',
    path: programPath('etcd'),
    folder,
    args: [
      `--data-dir=${folder}/etcd`,
      `--listen-client-urls=${url}`,
      `--advertise-client-urls=${url}`,
      `--listen-peer-urls=${peerURL}`,
      `--initial-advertise-peer-urls=${peerURL}`,
      `--initial-cluster=default=${peerURL}`,
      '--unsafe-no-fsync',
      '--log-level=warn',
    ],
  });
  return { url, program, compact: () => compactEtcd(url) };
}

/**
 * Lets the etcd at `url` forget everything before the present revision. The key is where API servers tell each other of
 * compactions: ours takes this one for a neighbour's, and drops its own snapshots of lists within some ten seconds.
 */
export async function compactEtcd(url: string): Promise<void> {
  const { header } = await ask(url, 'range', { key: btoa('none') });
  const revision = header?.revision ?? '0';
  await ask(url, 'put', { key: btoa('compact_rev_key'), value: btoa(revision) });
  await ask(url, 'compaction', { revision, physical: true });
}

async function ask(url: string, path: string, body: object): Promise<{ header?: { revision?: string } }> {
  const response = await fetch(`${url}/v3/kv/${path}`, { method: 'POST', body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`etcd answered ${response.status} to ${path}`);
  return (await response.json()) as { header?: { revision?: string } };
}
