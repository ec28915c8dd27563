import { randomUUID } from 'node:crypto';
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ComponentName } from './catalogue.ts';
import { freePort } from './free-port.ts';
import { programPath } from './locate.ts';
import { type LoneServer, startLoneServer } from './lone-server.ts';
import { until } from './until.ts';

/** A real Vault in development mode: in memory, KV v2 at `secret`, unsealed. */
export interface Vault extends Pick<LoneServer, 'stop'> {
  readonly url: string;
  readonly rootToken: string;
  /** A request as root, or as the bearer of another token; `path` begins after `/v1/`. */
  request(method: string, path: string, body?: object, token?: string): Promise<VaultReply>;
  seal(): Promise<void>;
  unseal(): Promise<void>;
}

/** Status code and parsed body, where there is one. */
export interface VaultReply {
  readonly status: number;
  readonly body: unknown;
}

/** The type under which auth/kubernetes is enabled where Vault was started with its plugin. */
export const KUBERNETES_AUTH = 'vault-plugin-auth-kubernetes';

/** Starts it on a free port, and resolves when it serves. */
export async function startVault({
  plugins = [],
}: {
  plugins?: readonly (typeof KUBERNETES_AUTH)[];
} = {}): Promise<Vault> {
  const address = `127.0.0.1:${await freePort()}`;
  const url = `http://${address}`;
  const rootToken = randomUUID();
  const request: Vault['request'] = async (method, path, body, token = rootToken) => {
    const response = await fetch(`${url}/v1/${path}`, {
      method,
      headers: { 'X-Vault-Token': token, 'Content-Type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
  };
  const { program, stop } = await startLoneServer({
    name: 'vault',
    args: async (folder) => [
      'server',
      ...(await pluginArgs(plugins, join(folder, 'plugins'))),
      '-dev',
      '-dev-no-store-token',
      `-dev-root-token-id=${rootToken}`,
      `-dev-listen-address=${address}`,
    ],
    env: { VAULT_DISABLE_MLOCK: 'true' },
    isReady: async () => (await request('GET', 'secret/config')).status === 200,
  });
  const expect = async (method: string, path: string, body?: object) => {
    const { status } = await request(method, path, body);
    if (status >= 300) throw new Error(`Vault answered ${status} to ${method} ${path}`);
  };
  return {
    url,
    rootToken,
    request,
    stop,
    seal: () => expect('PUT', 'sys/seal'),
    async unseal() {
      // Development mode prints it, for exactly this, a while after it began to serve.
      const printed = async () => /^Unseal Key: (\S+)\n/m.exec(await readFile(program.log, 'utf8'))?.[1];
      const key = await until(printed, { what: 'the key that unseals Vault', timeoutMs: 15_000 });
      await expect('PUT', 'sys/unseal', { key });
      const isActive = async () => (await request('GET', 'sys/health')).status === 200;
      await until(isActive, { what: 'Vault to be active', timeoutMs: 15_000 });
    },
  };
}

/** It registers whatever is in that folder, so that they get one of their own. */
async function pluginArgs(plugins: readonly ComponentName[], folder: string): Promise<string[]> {
  if (plugins.length === 0) return [];
  await mkdir(folder);
  for (const name of plugins) await copyFile(programPath(name), join(folder, name));
  return [`-dev-plugin-dir=${folder}`];
}

/** Starts one that nobody has initialized, and that therefore serves nothing; resolves when it says so. */
export async function startUninitializedVault(): Promise<Pick<Vault, 'url' | 'stop'>> {
  const address = `127.0.0.1:${await freePort()}`;
  const url = `http://${address}`;
  const listener = { tcp: { address, tls_disable: true } };
  const { stop } = await startLoneServer({
    name: 'vault',
    args: async (folder) => {
      const config = { storage: { inmem: {} }, listener, disable_mlock: true };
      await writeFile(`${folder}/config.json`, JSON.stringify(config));
      return ['server', `-config=${folder}/config.json`];
    },
    isReady: async () => (await fetch(`${url}/v1/sys/health`)).status === 501,
  });
  return { url, stop };
}
