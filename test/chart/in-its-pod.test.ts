import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type OperatorProcess, superviseOperator } from '../../demo/operator-process.ts';
import { freePort } from '../e2e/components/free-port.ts';
import { createReportingPod, type ReportingPod } from '../e2e/world/reporting-pod.ts';
import { rotationManifest } from '../e2e/world/rotation-manifest.ts';
import { createTenant, type Rotation, type Tenant } from '../e2e/world/tenant.ts';
import { startWorld, type World } from '../e2e/world/world.ts';
import { OPERATOR } from '../integration/documented-roles.ts';
import { createSelfSigned } from '../integration/self-signed.ts';
import { byChart } from './by-chart.ts';
import { canRunPods, type PodToRun, runPod } from './pod-root.ts';
import { layOut } from './pod-volumes.ts';
import { releasedPod } from './released-pod.ts';

const NAMESPACE = 'team';
const TLS_SECRET = 'reports-tls';
/** Where Kubernetes' clients look for their account. */
const ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';

/** Whatever asked one of them would fail; Node's own way of asking them is on. */
const DEAD_PROXIES = [
  ...['HTTP_PROXY', 'HTTPS_PROXY'].map((name) => ({ name, value: 'http://127.0.0.1:1' })),
  { name: 'NODE_USE_ENV_PROXY', value: '1' },
];

describe.skipIf(!canRunPods)('the operator in its pod (skipped where the kernel lets nobody but root mount)', () => {
  let world: World;
  let folder: string | undefined;
  let operator: OperatorProcess;
  let pod: PodToRun;
  let tenant: Tenant;
  let reporter: ReportingPod;
  /** What reporters trust, and nothing else. */
  let certificate: string;
  const deaths: string[] = [];

  beforeAll(async () => {
    const [reports, probes] = [await freePort(), await freePort()];
    world = await startWorld({
      installation: byChart({
        reports: { port: reports, tls: { enabled: true, secretName: TLS_SECRET } },
        probes: { port: probes },
        env: DEAD_PROXIES,
        rbac: { credentials: ['apio'], logins: ['vault-writer'] },
      }),
    });
    await renewCertificate();
    folder = await mkdtemp(join(tmpdir(), 'pod-'));
    await chmod(folder, 0o755);
    pod = await releasedPod(world, folder);
    const serving = Promise.withResolvers<void>();
    operator = superviseOperator(await runPod(pod), {
      onLine: () => {
        if (operator.addresses()) serving.resolve();
      },
      onDeath: (how) => {
        deaths.push(how);
        serving.reject(new Error(`the operator ended ${how}: ${operator.lines().join('\n')}`));
      },
    });
    await serving.promise;
  });
  afterAll(async () => {
    await operator?.stop(30_000);
    await world?.close();
    if (folder) await rm(folder, { recursive: true });
  });

  async function renewCertificate(): Promise<void> {
    const { cert, key } = createSelfSigned('reports');
    certificate = cert;
    await world.cluster.apply(
      JSON.stringify({
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: TLS_SECRET, namespace: OPERATOR.namespace },
        type: 'kubernetes.io/tls',
        stringData: { 'tls.crt': cert, 'tls.key': key },
      }),
    );
  }

  /** Resolves when it has been reported, and the key before is revoked. */
  async function rotate(revision: number): Promise<void> {
    await tenant.rotate('key', `${revision}`);
    const isPublished = ({ status }: Rotation) =>
      status?.revision === revision && status.rotation?.publishedAt !== undefined;
    await tenant.until('key', 'the new key', isPublished);
    await reporter.report('key', (await tenant.served('key'))?.data.API_KEY ?? '');
    await tenant.settled('key', revision);
  }

  it("rotates a key with the chart's account, arguments, environment, mounts and user, and asks no proxy", async () => {
    tenant = await createTenant(world, NAMESPACE, { accounts: ['app'] });
    await world.cluster.apply(rotationManifest({ namespace: NAMESPACE, name: 'key' }));
    await tenant.settled('key', 1);
    const reportsURL = () => operator.addresses()?.reports ?? '';
    expect(reportsURL()).toMatch(/^https:/);
    reporter = await createReportingPod(world, tenant, {
      name: 'app-0',
      account: 'app',
      reportsURL,
      ca: () => certificate,
    });
    await rotate(2);
    expect(await world.denials()).toEqual([]);
    expect(deaths).toEqual([]);
  });

  it('takes reports with a certificate that is renewed while it runs', async () => {
    await renewCertificate();
    const mounted = pod.spec.volumes.filter(({ secret }) => secret?.secretName === TLS_SECRET);
    for (const volume of mounted) await layOut(pod, volume);
    await rotate(3);
    expect(deaths).toEqual([]);
  });

  it('has a token that ends after an hour: the API server did not extend it', () => {
    const token = readFileSync(`/proc/${operator.pid}/root${ACCOUNT}/token`, 'utf8');
    const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
    expect(claims.exp - claims.iat).toBe(3_600);
    expect(claims['kubernetes.io'].pod.name).toBe(pod.name);
  });

  it('is ready and alive where the kubelet asks', async () => {
    const { probes = '' } = operator.addresses() ?? {};
    for (const path of ['/readyz', '/livez']) expect((await fetch(probes + path)).status, path).toBe(200);
  });

  it('opens no debugger for whoever may send it a signal', async () => {
    process.kill(operator.pid ?? 0, 'SIGUSR1');
    const { probes = '' } = operator.addresses() ?? {};
    expect((await fetch(`${probes}/livez`)).status).toBe(200);
    // The signal waits for ever: it is blocked, and nobody handles it.
    const [pending, blocked, handled] = ['ShdPnd', 'SigBlk', 'SigCgt'].map((name) => hasSIGUSR1(operator.pid, name));
    expect({ pending, blocked, handled }).toEqual({ pending: true, blocked: true, handled: false });
    expect(operator.lines().filter((line) => line.includes('Debugger'))).toEqual([]);
  });

  it('runs as the user of the pod, in a root of its own that not even root can write', () => {
    expect(userOf(operator.pid)).toBe(65_532);
    const root = `/proc/${operator.pid}/root`;
    expect(readdirSync(root).toSorted()).toEqual(['app', 'etc', 'lib', 'lib64', 'nodejs', 'usr', 'var']);
    const tls = '/etc/apikey-rotation/tls';
    const filesIn = (place: string) => readdirSync(root + place).filter((name) => !name.startsWith('..'));
    expect(filesIn(ACCOUNT)).toEqual(['ca.crt', 'namespace', 'token']);
    expect(filesIn(tls)).toEqual(['tls.crt', 'tls.key']);
    for (const place of ['', '/app', ACCOUNT, tls])
      expect(() => writeFileSync(`${root}${place}/written`, ''), place).toThrow('EROFS');
  });
});

/** Whether a set of signals of a process has SIGUSR1, in the words of Linux. */
function hasSIGUSR1(pid: number | undefined, set: string): boolean {
  const [, mask = '0'] = new RegExp(`^${set}:\\s+(\\w+)`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return (BigInt(`0x${mask}`) >> BigInt(constants.signals.SIGUSR1 - 1)) % 2n === 1n;
}

/** As the process itself sees it. */
function userOf(pid: number | undefined): number {
  const read = (file: string) => readFileSync(`/proc/${pid}/${file}`, 'utf8');
  const user = Number(/^Uid:\s+(\d+)/m.exec(read('status'))?.[1]);
  const [inside = 0, outside = 0] = read('uid_map').trim().split(/\s+/).map(Number);
  return user - outside + inside;
}
