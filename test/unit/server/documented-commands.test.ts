import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Block, documented } from '../../integration/documents/block.ts';
import { createWorld, migrating, NEW, NEW_KEY, prove, reporting, rotation, TOKEN } from './reports-world.ts';

const run = promisify(execFile);
const NEWER_CURL = 'curl 7.82 or newer is not installed';
const hasCurl = spawnSync('curl', ['--json', '{}', '--version']).status === 0;

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'documented-'));
  await writeFile(join(directory, 'key'), `${NEW_KEY.reveal()}\n`);
  await writeFile(join(directory, 'token'), TOKEN);
});
afterAll(() => rm(directory, { recursive: true }));

/** The one block of these that has this text, with the pod's paths and names replaced by ours. */
function own(blocks: readonly Block[], containing: string): string {
  const [block, ...others] = blocks.filter(({ text }) => text.includes(containing));
  expect(others).toEqual([]);
  return (block?.text ?? '')
    .replaceAll('/etc/apio/key', join(directory, 'key'))
    .replaceAll('/var/run/secrets/apikeyrotation/token', join(directory, 'token'))
    .replaceAll('namespaces/payments/rotations/payments-apio', 'namespaces/team/rotations/payments');
}

describe('docs/consumers.md', () => {
  it.each(['python3', 'node', 'perl'])('its proof by hand, with %s, is the proof', async (program) => {
    const env = { ...process.env, UID_OF_ROTATION: 'rotation-uid', REVISION: '2', CONSUMER: 'api' };
    const line = own(documented('docs/consumers.md “A proof by hand” sh'), `| ${program} -`);
    if (spawnSync(program, ['--version']).status !== 0) return expect(line).toContain('hmac');
    const { stdout } = await run('sh', ['-c', line], { env });
    expect(stdout.trim()).toBe(prove('api'));
  });

  it.skipIf(!hasCurl)(`its one line of curl reports (skipped where ${NEWER_CURL})`, async () => {
    const world = createWorld(rotation([reporting('api', 'api')], migrating(['api'])));
    const url = await world.app.listen({ host: '127.0.0.1', port: 0 });
    const env = { ...process.env, REPORTS_URL: url, no_proxy: '127.0.0.1' };
    const { stdout } = await run(
      'sh',
      ['-c', own(documented('docs/consumers.md “With one line of curl” sh 1'), 'curl')],
      { env },
    );
    expect(JSON.parse(stdout)).toMatchObject({ state: 'Migrated', fingerprint: NEW, recorded: ['Report'] });
    expect(world.records()).toHaveLength(1);
    await world.app.close();
  });
});
