import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type OperatorProcess, superviseOperator } from '../../demo/operator-process.ts';
import { freePort } from '../e2e/components/free-port.ts';
import { programPath } from '../e2e/components/locate.ts';
import { createReportingPod } from '../e2e/world/reporting-pod.ts';
import { rotationManifest } from '../e2e/world/rotation-manifest.ts';
import { createTenant } from '../e2e/world/tenant.ts';
import { startWorld, type World } from '../e2e/world/world.ts';
import { OPERATOR } from '../integration/documented-roles.ts';
import { byChart } from './by-chart.ts';
import { canRunPods, type Deployed, runPod } from './pod-root.ts';

const TOP = join(import.meta.dirname, '../..');
const dockerfile = readFileSync(join(TOP, 'Dockerfile'), 'utf8');
const NAMESPACE = 'team';

describe.skipIf(!canRunPods)('the operator in its pod (skipped for whoever is not root, and so cannot mount)', () => {
  let world: World;
  let folder: string | undefined;
  let operator: OperatorProcess;
  const deaths: string[] = [];

  beforeAll(async () => {
    const [reports, probes] = [await freePort(), await freePort()];
    world = await startWorld({
      installation: byChart({
        reports: { port: reports },
        probes: { port: probes },
        rbac: { credentials: ['apio'], logins: ['vault-writer'] },
      }),
    });
    folder = await mkdtemp(join(tmpdir(), 'pod-'));
    await chmod(folder, 0o755);
    const app = join(folder, 'app');
    execFileSync(process.execPath, ['scripts/image-tree.ts', app], { cwd: TOP });
    const path = `/apis/apps/v1/namespaces/${OPERATOR.namespace}/deployments/${OPERATOR.name}`;
    const deployed = await world.cluster.get<Deployed>(path);
    if (!deployed) throw new Error('the chart has no Deployment');
    const serving = Promise.withResolvers<void>();
    operator = superviseOperator(
      await runPod({
        ...world,
        namespace: OPERATOR.namespace,
        spec: deployed.spec.template.spec,
        app,
        folder,
        node: programPath('node'),
        entrypoint: JSON.parse(/^ENTRYPOINT (.*)$/m.exec(dockerfile)?.[1] ?? '[]'),
        env: Object.fromEntries(
          [...dockerfile.matchAll(/^ENV (\w+)=(\S+)$/gm)].map(([, name, value]) => [name, value]),
        ),
      }),
      {
        onLine: () => {
          if (operator.addresses()) serving.resolve();
        },
        onDeath: (how) => {
          deaths.push(how);
          serving.reject(new Error(`the operator ended ${how}: ${operator.lines().join('\n')}`));
        },
      },
    );
    await serving.promise;
  });
  afterAll(async () => {
    await operator?.stop(30_000);
    await world?.close();
    if (folder) await rm(folder, { recursive: true });
  });

  it("rotates a key with the chart's account, arguments, environment, mounts and user, and nothing else", async () => {
    const tenant = await createTenant(world, NAMESPACE, { accounts: ['app'] });
    await world.cluster.apply(rotationManifest({ namespace: NAMESPACE, name: 'key' }));
    await tenant.settled('key', 1);
    const reportsURL = () => operator.addresses()?.reports ?? '';
    const pod = await createReportingPod(world, tenant, { name: 'app-0', account: 'app', reportsURL });
    await tenant.rotate('key', 'now');
    await tenant.until('key', 'the new key', ({ status }) => status?.rotation?.publishedAt !== undefined);
    await pod.report('key', (await tenant.served('key'))?.data.API_KEY ?? '');
    await tenant.settled('key', 2);
    expect(await world.denials()).toEqual([]);
    expect(deaths).toEqual([]);
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
    const status = readFileSync(`/proc/${operator.pid}/status`, 'utf8');
    expect(/^Uid:\s+(\d+)/m.exec(status)?.[1]).toBe('65532');
    const root = `/proc/${operator.pid}/root`;
    expect(readdirSync(root).toSorted()).toEqual(['app', 'lib', 'lib64', 'nodejs', 'usr', 'var']);
    expect(readdirSync(`${root}/var/run/secrets/kubernetes.io/serviceaccount`)).toEqual([
      'ca.crt',
      'namespace',
      'token',
    ]);
    for (const place of ['', '/app', '/var/run/secrets/kubernetes.io/serviceaccount'])
      expect(() => writeFileSync(`${root}${place}/written`, ''), place).toThrow('EROFS');
  });
});

/** Whether a set of signals of a process has SIGUSR1, in the words of Linux. */
function hasSIGUSR1(pid: number | undefined, set: string): boolean {
  const [, mask = '0'] = new RegExp(`^${set}:\\s+(\\w+)`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return (BigInt(`0x${mask}`) >> BigInt(constants.signals.SIGUSR1 - 1)) % 2n === 1n;
}
