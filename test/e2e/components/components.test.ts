import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { startControlPlane } from './control-plane.ts';
import { programPath } from './locate.ts';
import { startMoto } from './moto.ts';
import { until } from './until.ts';
import { startVault } from './vault.ts';

const labels = { app: 'three' };
const deployment = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'three' },
  spec: {
    replicas: 3,
    selector: { matchLabels: labels },
    template: { metadata: { labels }, spec: { containers: [{ name: 'app', image: 'example.com/app:1' }] } },
  },
};

test('a control plane is ready within 15 s, rolls out a Deployment, and leaves nothing behind', async () => {
  const started = performance.now();
  const plane = await startControlPlane({ workloads: true });
  expect(performance.now() - started).toBeLessThan(15_000);
  expect((await plane.request('GET', '/version')).body).toMatchObject({ gitVersion: 'v1.36.3' });
  const deployments = '/apis/apps/v1/namespaces/default/deployments';
  expect((await plane.request('POST', deployments, deployment)).status).toBe(201);
  const rolledOut = async () => {
    const { status } = (await plane.request('GET', `${deployments}/three`)).body as { status: object };
    return 'availableReplicas' in status && status.availableReplicas === 3;
  };
  await until(rolledOut, { what: 'three available pods', timeoutMs: 30_000 });
  await plane.stop();
  expect(existsSync(plane.folder)).toBe(false);
});

test('Vault serves KV v2, and can be sealed and unsealed', async () => {
  const vault = await startVault();
  expect((await vault.request('POST', 'secret/data/a', { data: { b: 'c' } })).status).toBe(200);
  await vault.seal();
  expect((await vault.request('GET', 'secret/data/a')).status).toBe(503);
  await vault.unseal();
  expect((await vault.request('GET', 'secret/data/a')).body).toMatchObject({ data: { data: { b: 'c' } } });
  await vault.stop();
});

test('moto answers as Secrets Manager', async () => {
  const moto = await startMoto();
  const response = await fetch(moto.url, {
    method: 'POST',
    headers: {
      'x-amz-target': 'secretsmanager.ListSecrets',
      'content-type': 'application/x-amz-json-1.1',
      authorization: 'AWS4-HMAC-SHA256 Credential=a/20260101/eu-north-1/secretsmanager/aws4_request',
    },
    body: '{}',
  });
  expect(await response.json()).toMatchObject({ SecretList: [] });
  await moto.stop();
});

test('helm runs', () => {
  const { stdout } = spawnSync(programPath('helm'), ['version', '--short'], { encoding: 'utf8' });
  expect(stdout).toMatch(/^v4\./);
});
