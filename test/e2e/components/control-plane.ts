import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { Agent, fetch, type Response } from 'undici';
import { createApiServer } from './api-server.ts';
import { readAuthority } from './authority.ts';
import { type Etcd, startEtcd } from './etcd.ts';
import { kubeconfigOf } from './kubeconfig.ts';
import { lastLines, type Program } from './program.ts';
import { createServiceAccountKeys } from './service-account-keys.ts';
import { until } from './until.ts';
import { startWorkloads } from './workloads.ts';

/** A real Kubernetes control plane on loopback. */
export interface ControlPlane {
  readonly url: string;
  /** PEM of the authority that signed the server's certificate. */
  readonly ca: string;
  /** Of a member of system:masters. */
  readonly adminToken: string;
  /** PEM with which tokens of ServiceAccounts can be verified. */
  readonly serviceAccountPublicKey: string;
  /** Holds logs, and may hold files of tests; goes when the plane is stopped without a failure. */
  readonly folder: string;
  readonly etcd: Etcd;
  /** A request as the administrator, or as the bearer of another token. The body is parsed where it is JSON. */
  request(method: string, path: string, body?: unknown, options?: RequestOptions): Promise<Answer>;
  /** As YAML; the administrator's where no token is given. */
  kubeconfig(token?: string): string;
  /** Ends the API server, `kill` without notice, and starts it again on the same port; etcd stays. Resolves when it serves. */
  restartApiServer(how: 'stop' | 'kill'): Promise<void>;
  /** Ends everything. `keepLogs`: a test failed. */
  stop(options?: { readonly keepLogs?: boolean }): Promise<void>;
}

/** How a request differs from the administrator's with a JSON body. */
export interface RequestOptions {
  readonly token?: string;
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What came back. */
export interface Answer {
  readonly status: number;
  readonly headers: Response['headers'];
  readonly body: unknown;
}

/** What runs beside etcd and the API server. */
export interface ControlPlaneOptions {
  /** Controllers, a scheduler, and kwok as kubelet of one node, so that Deployments roll out; default false. */
  readonly workloads?: boolean;
  /** More flags of the API server. */
  readonly apiServerFlags?: readonly string[];
}

/** Starts it on free ports, and resolves when it serves (with workloads: when its node is ready). */
export async function startControlPlane({
  workloads,
  apiServerFlags,
}: ControlPlaneOptions = {}): Promise<ControlPlane> {
  const folder = await mkdtemp(`${tmpdir()}/akr-plane-`);
  const keys = await createServiceAccountKeys(folder);
  const adminToken = randomUUID();
  const tokenFile = `${folder}/tokens.csv`;
  await writeFile(tokenFile, `${adminToken},admin,admin,"system:masters"\n`, { mode: 0o600 });
  const etcd = await startEtcd(folder);
  const flags = apiServerFlags ?? [];
  const server = await createApiServer({ folder, etcdURL: etcd.url, keys, tokenFile, flags });
  let program = server.start();
  let others: readonly Program[] = [];

  async function stop({ keepLogs = false } = {}): Promise<void> {
    await Promise.all(others.map((other) => other.kill()));
    // The API server before etcd, and for sure: it lingers for minutes where its etcd is gone.
    await program.kill();
    await etcd.program.kill();
    if (keepLogs) console.error(`logs of the control plane: ${folder}`);
    else await rm(folder, { recursive: true, force: true });
  }
  const untilReady = <T>(look: () => Promise<T | undefined | false>) =>
    until(look, { what: 'the API server to be ready', timeoutMs: 60_000, last: () => lastLines(program) });

  try {
    const ca = await untilReady(() => readAuthority(server.caFile));
    const client = createClient(server.url, ca, adminToken);
    const serves = () => untilReady(async () => (await client.request('GET', '/readyz')).status === 200);
    await serves();
    const plane: ControlPlane = {
      url: server.url,
      ca,
      adminToken,
      serviceAccountPublicKey: keys.publicPem,
      folder,
      etcd,
      request: client.request,
      kubeconfig: (token = adminToken) => kubeconfigOf({ server: server.url, ca, token }),
      async restartApiServer(how) {
        await program[how]();
        program = server.start();
        await serves();
      },
      async stop(options) {
        await client.close();
        await stop(options);
      },
    };
    if (workloads) others = await startWorkloads(plane, keys.privateFile);
    return plane;
  } catch (error) {
    await stop({ keepLogs: true });
    throw error;
  }
}

/** Requests to an API server as the administrator, over one pool of connections. */
export function createClient(url: string, ca: string, adminToken: string) {
  const agent = new Agent({ connect: { ca } });
  const request: ControlPlane['request'] = async (method, path, body, options = {}) => {
    const { token = adminToken, contentType = 'application/json', headers } = options;
    const response = await fetch(url + path, {
      method,
      dispatcher: agent,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body !== undefined && { 'content-type': contentType }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.startsWith('application/json') === true;
    return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
  };
  return { request, close: () => agent.destroy() };
}
