import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const check = fileURLToPath(new URL('../../../bin/require-node.js', import.meta.url));

function runOn(version: string) {
  const pretend = `Object.defineProperty(process, 'version', { value: '${version}' });`;
  const program = `${pretend} import(${JSON.stringify(check)}).then(() => console.log('went on'));`;
  return spawnSync(process.execPath, ['--eval', program], { encoding: 'utf8' });
}

describe('the check of the Node version', () => {
  it.each(['v24.0.0', 'v26.10.0', 'v100.0.0'])('lets %s go on', (version) => {
    expect(runOn(version)).toMatchObject({ status: 0, stdout: 'went on\n', stderr: '' });
  });

  it.each(['v18.20.0', 'v20.20.2', 'v23.11.1'])('stops %s and names the remedy', (version) => {
    const { status, stdout, stderr } = runOn(version);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toMatch(/needs Node >= 24 .* npm run sandbox .* install Node >= 24/);
  });
});
