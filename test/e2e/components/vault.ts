import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { freePort } from './free-port.ts';
import { programPath } from './locate.ts';
import { lastLines, startProgram } from './program.ts';
import { until } from './until.ts';

/** A real Vault in development mode: in memory, KV v2 at `secret`, unsealed. */
export interface Vault {
  readonly url: string;
  readonly rootToken: string;
  /** A request as root, or as the bearer of another token; `path` begins after `/v1/`. */
  request(method: string, path: string, body?: object, token?: string): Promise<VaultReply>;
  seal(): Promise<void>;
  unseal(): Promise<void>;
  /** `keepLogs`: a test failed. */
  stop(options?: { readonly keepLogs?: boolean }): Promise<void>;
}

/** Status code and parsed body, where there is one. */
export interface VaultReply {
  readonly status: number;
  readonly body: unknown;
}

/** Starts it on a free port, and resolves when it serves. */
export async function startVault(): Promise<Vault> {
  const folder = await mkdtemp(`${tmpdir()}/akr-vault-`);
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const rootToken = randomUUID();
  const program = startProgram({
    name: 'vault',
    path: programPath('vault'),
    folder,
    args: [
      'server',
      '-dev',
      '-dev-no-store-token',
      `-dev-root-token-id=${rootToken}`,
      `-dev-listen-address=127.0.0.1:${port}`,
    ],
    env: { VAULT_DISABLE_MLOCK: 'true' },
  });
  const request: Vault['request'] = async (method, path, body, token = rootToken) => {
    const response = await fetch(`${url}/v1/${path}`, {
      method,
      headers: { 'X-Vault-Token': token, 'Content-Type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
  };
  const expect = async (method: string, path: string, body?: object) => {
    const { status } = await request(method, path, body);
    if (status >= 300) throw new Error(`Vault answered ${status} to ${method} ${path}`);
  };
  const vault: Vault = {
    url,
    rootToken,
    request,
    seal: () => expect('PUT', 'sys/seal'),
    async unseal() {
      // Development mode prints it, for exactly this.
      const key = /^Unseal Key: (\S+)/m.exec(await readFile(program.log, 'utf8'))?.[1];
      await expect('PUT', 'sys/unseal', { key });
      await until(async () => (await request('GET', 'sys/health')).status === 200, {
        what: 'Vault to be active',
        timeoutMs: 15_000,
      });
    },
    async stop({ keepLogs = false } = {}) {
      await program.kill();
      if (keepLogs) console.error(`log of Vault: ${program.log}`);
      else await rm(folder, { recursive: true, force: true });
    },
  };
  await until(async () => (await request('GET', 'secret/config')).status === 200, {
    what: 'Vault to be ready',
    timeoutMs: 30_000,
    last: () => lastLines(program),
  });
  return vault;
}

/** Starts one that nobody has initialized, and that therefore serves nothing; resolves when it says so. */
export async function startUninitializedVault(): Promise<Pick<Vault, 'url' | 'stop'>> {
  const folder = await mkdtemp(`${tmpdir()}/akr-vault-`);
  const address = `127.0.0.1:${await freePort()}`;
  const config = {
    storage: { inmem: {} },
    listener: { tcp: { address, tls_disable: true } },
    disable_mlock: true,
  };
  await writeFile(`${folder}/config.json`, JSON.stringify(config));
  const args = ['server', `-config=${folder}/config.json`];
  const program = startProgram({ name: 'vault', path: programPath('vault'), folder, args });
  const url = `http://${address}`;
  await until(async () => (await fetch(`${url}/v1/sys/health`)).status === 501, {
    what: 'Vault to say that it is not initialized',
    timeoutMs: 30_000,
    last: () => lastLines(program),
  });
  return {
    url,
    async stop() {
      await program.kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
