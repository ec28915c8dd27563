import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { Agent, fetch, type Response } from 'undici';
import { type Etcd, startEtcd } from './etcd.ts';
import { freePort } from './free-port.ts';
import { kubeconfigOf } from './kubeconfig.ts';
import { programPath } from './locate.ts';
import { lastLines, type Program, startProgram } from './program.ts';
import { createServiceAccountKeys } from './service-account-keys.ts';
import { until } from './until.ts';

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

const READY_MS = 60_000;

/** Starts it on free ports, and resolves when it serves (with workloads: when its node is ready). */
export async function startControlPlane(options: ControlPlaneOptions = {}): Promise<ControlPlane> {
  const folder = await mkdtemp(`${tmpdir()}/akr-plane-`);
  const keys = await createServiceAccountKeys(folder);
  const adminToken = randomUUID();
  await writeFile(`${folder}/tokens.csv`, `${adminToken},admin,admin,"system:masters"\n`);
  const etcd = await startEtcd(folder);
  const port = await freePort();
  const url = `https://127.0.0.1:${port}`;
  const startServer = () =>
    startProgram({
      name: 'kube-apiserver',
      path: programPath('kube-apiserver'),
      folder,
      args: [
        `--etcd-servers=${etcd.url}`,
        `--cert-dir=${folder}/certificates`,
        `--secure-port=${port}`,
        '--bind-address=127.0.0.1',
        `--service-account-key-file=${keys.publicFile}`,
        `--service-account-signing-key-file=${keys.privateFile}`,
        '--service-account-issuer=https://kubernetes.default.svc',
        '--service-cluster-ip-range=10.0.0.0/24',
        '--authorization-mode=RBAC',
        `--token-auth-file=${folder}/tokens.csv`,
        ...(options.apiServerFlags ?? []),
      ],
    });
  let server = startServer();
  const others: Program[] = [];
  let agent: Agent | undefined;

  const request: ControlPlane['request'] = async (
    method,
    path,
    body,
    { token = adminToken, contentType, headers } = {},
  ) => {
    const response = await fetch(url + path, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': contentType ?? 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(agent && { dispatcher: agent }),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.startsWith('application/json') === true;
    return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
  };
  const serves = () => untilReady(server, async () => (await request('GET', '/readyz')).status === 200);

  const plane: ControlPlane = {
    url,
    ca: '',
    adminToken,
    serviceAccountPublicKey: keys.publicPem,
    folder,
    etcd,
    request,
    kubeconfig: (token = adminToken) => kubeconfigOf({ server: url, ca: plane.ca, token }),
    async restartApiServer(how) {
      await server[how]();
      server = startServer();
      await serves();
    },
    async stop({ keepLogs = false } = {}) {
      await Promise.all(others.map((program) => program.kill()));
      // The API server first, and for sure: it lingers for minutes where its etcd is gone.
      await server.kill();
      await etcd.program.kill();
      await agent?.destroy();
      if (keepLogs) console.error(`logs of the control plane: ${folder}`);
      else await rm(folder, { recursive: true, force: true });
    },
  };
  try {
    const ca = await untilReady(server, () => readFile(`${folder}/certificates/apiserver.crt`, 'utf8'));
    agent = new Agent({ connect: { ca } });
    Object.assign(plane, { ca });
    await serves();
    if (options.workloads) others.push(...(await startWorkloads(plane, keys.privateFile)));
    return plane;
  } catch (error) {
    await plane.stop({ keepLogs: true });
    throw error;
  }
}

/** Controller manager, scheduler, and kwok with one node. */
async function startWorkloads(plane: ControlPlane, privateKeyFile: string): Promise<readonly Program[]> {
  const { folder } = plane;
  const kubeconfig = `${folder}/admin.kubeconfig`;
  await writeFile(kubeconfig, plane.kubeconfig(), { mode: 0o600 });
  const start = (name: 'kube-controller-manager' | 'kube-scheduler' | 'kwok', ...args: string[]) =>
    startProgram({ name, path: programPath(name), folder, args: [`--kubeconfig=${kubeconfig}`, ...args] });
  const noPort = ['--leader-elect=false', '--secure-port=0'];
  const programs = [
    start(
      'kube-controller-manager',
      ...noPort,
      '--controllers=*',
      `--service-account-private-key-file=${privateKeyFile}`,
    ),
    start('kube-scheduler', ...noPort),
    start('kwok', '--manage-all-nodes=true', `--server-address=127.0.0.1:${await freePort()}`),
  ];
  const node = {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: 'kwok', labels: { 'kubernetes.io/hostname': 'kwok' } },
    status: {
      allocatable: { cpu: '1000', memory: '1Ti', pods: '10000' },
      capacity: { cpu: '1000', memory: '1Ti', pods: '10000' },
    },
  };
  await plane.request('POST', '/api/v1/nodes', node);
  await untilReady(programs[2] as Program, async () => {
    const { body } = await plane.request('GET', '/api/v1/nodes/kwok');
    const { spec, status } = body as {
      spec: { taints?: object[] };
      status: { conditions?: { type: string; status: string }[] };
    };
    const isReady = status.conditions?.some((condition) => condition.type === 'Ready' && condition.status === 'True');
    return isReady && (spec.taints ?? []).length === 0;
  });
  return programs;
}

async function untilReady<T>(program: Program, look: () => Promise<T | undefined | false>): Promise<T> {
  const last = () => lastLines(program);
  return until(look, { what: `${program.name} to be ready`, timeoutMs: READY_MS, last });
}
