import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { createSelfSigned } from '../../../test/integration/self-signed.ts';

const SDK = new URL('../src/index.ts', import.meta.url).href;
/** Prints the state of the first answer, or the first failure, and ends. */
const CONSUMER = `
  import { createConsumer } from '${SDK}';
  const tell = (text) => { console.log(text); process.exit(); };
  createConsumer({
    load: async () => ({ key: 'k'.repeat(32), rotationUID: 'u', revision: 2 }),
    report: { url: process.argv[1], namespace: 'n', rotation: 'r', consumer: 'c', onAnswer: ({ state }) => tell(state) },
    onError: ({ message }) => tell(message),
  });
  setInterval(() => {}, 1000);`;

it('reports over TLS to an operator whose authority the process was started with, and says how where it was not', async () => {
  const { cert, key } = createSelfSigned('reports');
  const folder = await mkdtemp(join(tmpdir(), 'over-tls-'));
  await writeFile(join(folder, 'ca.crt'), cert);
  const server = createServer({ cert, key }, (_request, response) => response.end('{"state": "Migrated"}'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const consume = async (env: Record<string, string>, at = url) => {
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', CONSUMER, at], {
      env,
    });
    return stdout.trim();
  };
  expect(await consume({ NODE_EXTRA_CA_CERTS: join(folder, 'ca.crt') })).toBe('Migrated');
  const byOtherName = url.replace('127.0.0.1', 'localhost');
  expect(await consume({ NODE_EXTRA_CA_CERTS: join(folder, 'ca.crt') }, byOtherName)).toBe(
    `The reports API at ${byOtherName} cannot be reached (ERR_TLS_CERT_ALTNAME_INVALID): its certificate is for other names: take one of them in report.url (<name>.<namespace>.svc), or add this one to its dnsNames`,
  );
  expect(await consume({})).toBe(
    `The reports API at ${url} cannot be reached (DEPTH_ZERO_SELF_SIGNED_CERT): start with NODE_EXTRA_CA_CERTS naming a file with the authority of its certificate`,
  );
  server.close();
  await rm(folder, { recursive: true });
});
