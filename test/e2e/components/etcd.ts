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
  async function ask(path: string, body: object): Promise<{ header?: { revision?: string } }> {
    const response = await fetch(`${url}/v3/kv/${path}`, { method: 'POST', body: JSON.stringify(body) });
    if (!response.ok) throw new Error(`etcd answered ${response.status} to ${path}`);
    return (await response.json()) as { header?: { revision?: string } };
  }
  return {
    url,
    program,
    async compact() {
      const { header } = await ask('range', { key: btoa('none') });
      await ask('compaction', { revision: header?.revision ?? '0', physical: true });
    },
  };
}
